/*
grain = "One row per account, listed or seen acting: the one place where an account maps to its person."
unique = ["account_id"]
not_null = ["account_id", "source", "person_id", "person_key", "is_bot", "is_staff", "is_member", "is_listed", "is_on_several_sources"]

[columns]
account_id = "The account"
source = "Name of its source"
person_id = "The person whose account it is"
person_key = "A number that stands for person_id, because numbers are faster to count than text"
is_bot = "Flagged by the platform or by the configuration: never a person"
is_staff = "Listed as staff in the configuration"
is_member = "Counted as a member: neither bot nor staff"
is_listed = "On the platform's member list"
is_on_several_sources = "The person has accounts on more than one source"
*/
with listed as (
    select source, account_id, handle, is_bot, true as is_listed
    from facts.accounts
)

, strangers as (
    select distinct source, account_id, null as handle, false as is_bot, false as is_listed
    from marts.stranger_days
    anti join facts.accounts using (account_id)
)

, accounts as (
    from listed
    union all
    from strangers
)

, flagged as (
    select
        account_id
        , source
        , account_id as person_id
        , is_bot or list_has_any(settings.bots, [account_id, source || ':' || handle]) as is_bot
        , list_has_any(settings.staff, [account_id, source || ':' || handle]) as is_staff
        , is_listed
    from accounts
    cross join facts.settings as settings
)

, spread as (
    select person_id, count(distinct source) > 1 as is_on_several_sources
    from flagged
    group by person_id
)

select
    flagged.account_id
    , flagged.source
    , flagged.person_id
    , md5_number_lower(flagged.person_id) as person_key
    , flagged.is_bot
    , flagged.is_staff
    , not flagged.is_bot and not flagged.is_staff as is_member
    , flagged.is_listed
    , spread.is_on_several_sources
from flagged
join spread using (person_id)
