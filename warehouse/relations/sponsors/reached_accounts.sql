/*
grain = "One row per period of the grain month or quarter and account that was reached in it on the chosen sources: with any activity, joining and leaving included, or on the list of an event that took place."

[columns]
period = "First day of the period"
account_key = "The account"
person_key = "The person"
source = "Name of its source"
*/
with dated as (
    select account_key, month as date
    from marts.reached_months
    union all
    select account_key, unnest([joined_date, left_date])
    from marts.memberships
)

select distinct
    period_of(dated.date) as period
    , dated.account_key
    , authors.person_key
    , authors.source
from dated
join authors using (account_key)
where dated.date is not null
