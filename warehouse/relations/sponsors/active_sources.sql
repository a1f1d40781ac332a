/*
grain = "One row per period of the grain month or quarter, chosen source and person with a participation on it."

[columns]
period = "First day of the period"
source = "Name of the source"
person_key = "The person"
*/
select distinct period_of(months.month) as period, authors.source, authors.person_key
from marts.account_months as months
join authors using (account_key)
