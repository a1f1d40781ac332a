/*
grain = "One row per date and account that acted but is on no member list."
unique = ["date", "account_id"]
not_null = ["date", "source", "account_id"]
refresh_by = "date"
whole_when = """
exists (from marts.stranger_days semi join facts.accounts using (account_id))
or exists (select 1 from marts.authors where is_listed and account_id not in (select account_id from facts.accounts))
"""

[columns]
date = "Local date"
source = "Name of the source"
account_id = "The account that the platform's member list does not show"
*/
select distinct activities.date, activities.source, activities.account_id
from facts.activities
anti join facts.accounts using (account_id)
