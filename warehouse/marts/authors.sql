/*
grain = "One row per account, known by name, seen acting, or with an issue, a pull request or an RSVP to an event: the one place where an account maps to its person."
unique = ["account_key"]
not_null = ["account_key", "account_id", "source", "person_key", "person_id", "is_bot", "is_staff", "is_member", "is_stranger", "has_several_accounts"]

[columns]
account_key = "A number that stands for account_id: numbers are faster to count than text"
person_key = "A number that stands for person_id"
account_id = "The account"
source = "Name of its source"
person_id = "The person whose account it is"
is_bot = "An account of its person is flagged by the platform, the configuration or a decision: never a person"
is_staff = "An account of its person is listed as staff in the configuration"
is_stranger = "Nothing is known of it but its id"
is_member = "Counted as a member: neither bot nor staff"
has_several_accounts = "The person has more than one account"
*/
with accounts as (
    select source, account_id, source || ':' || handle as handle, is_bot, false as is_stranger
    from marts.accounts
    union all
    select distinct source, account_id, null, false, true
    from (
        select source, account_id from marts.stranger_days
        union all
        select source, account_id from facts.work_items where account_id is not null
        union all
        select source, account_id from marts.attendances where account_id is not null
    )
    anti join marts.accounts using (account_id)
)

, listed as (
    select list_transform(bots, lambda name: lower(name)) as bots
        , list_transform(staff, lambda name: lower(name)) as staff
    from marts.settings
)

-- The last decision counts.
, decided as (
    select account_id
    from marts.decided_accounts
    where what in ('bot', 'not-bot')
    group by account_id
    having arg_max(what, number) = 'bot'
)

-- Logins are written in any case.
, mapped as (
    select
        accounts.account_id
        , accounts.source
        , coalesce(shared_persons.person_id, accounts.account_id) as person_id
        , is_bot
            or accounts.account_id in (select account_id from decided)
            or list_contains(listed.bots, lower(accounts.account_id))
            or coalesce(list_contains(listed.bots, lower(handle)), false) as is_bot
        , list_contains(listed.staff, lower(accounts.account_id))
            or coalesce(list_contains(listed.staff, lower(handle)), false) as is_staff
        , is_stranger
        , shared_persons.person_id is not null as is_shared
    from accounts
    cross join listed
    left join marts.shared_persons using (account_id)
)

, persons as (
    select
        person_id
        , bool_or(is_bot) as is_bot
        , bool_or(is_staff) as is_staff
        , count(*) > 1 as has_several_accounts
    from mapped
    where is_shared
    group by person_id
)

, keyed as (
    select
        md5_number_lower(mapped.account_id) as account_key
        , if(mapped.is_shared, md5_number_lower(person_id), account_key) as person_key
        , mapped.account_id
        , mapped.source
        , person_id
        , coalesce(persons.is_bot, mapped.is_bot) as is_bot
        , coalesce(persons.is_staff, mapped.is_staff) as is_staff
        , mapped.is_stranger
        , coalesce(persons.has_several_accounts, false) as has_several_accounts
    from mapped
    left join persons using (person_id)
)

select
    * exclude (has_several_accounts)
    , not is_bot and not is_staff as is_member
    , has_several_accounts
from keyed
