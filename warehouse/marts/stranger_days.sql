/*
grain = "One row per date and account that acted but is on no member list."
unique = ["date", "account_id"]
not_null = ["date", "source", "account_id"]
refresh_by = "date"
whole_when = """
exists (from marts.stranger_days semi join facts.accounts using (account_id))
or exists (from marts.authors anti join facts.accounts using (account_id) where is_listed)
"""

[columns]
date = "Local date"
source = "Name of the source"
account_id = "The account that the platform's member list does not show"
*/
select distinct activities.date, activities.source, activities.account_id
from facts.activities
anti join facts.accounts using (account_id)
