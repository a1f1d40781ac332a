/*
grain = "One row per date and account that acted and of which nothing is known but its id."
unique = ["date", "account_id"]
not_null = ["date", "source", "account_id"]
refresh_by = "date"
whole_on = """
select (select count(*) from marts.stranger_days semi join marts.accounts using (account_id))
    + (select count(*) from marts.authors anti join marts.accounts using (account_id) where not is_stranger)
"""

[columns]
date = "Local date"
source = "Name of the source"
account_id = "The account: on no member list, and without a name"
*/
with named as (
    select md5_number_lower(account_id) as account_key
    from marts.accounts
)

select distinct activities.date, activities.source, activities.account_id
from marts.activities
anti join named using (account_key)
