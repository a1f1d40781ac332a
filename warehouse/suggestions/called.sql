-- What accounts that are no bots are called now, and which of them are called otherwise than before.
create or replace temp table called as
with accounts as (
    select
        account_id
        , any_value(source) as source
        , arg_max(name, record_id) as name
        , arg_max(handle, record_id) as handle
    from facts.accounts
    group by account_id
    having not bool_or(is_bot)
)

, profiles as (
    select account_id, arg_max(name, record_id) as name
    from facts.profiles
    where name is not null
    group by account_id
)

-- `Kamau-Rono` is one word.
select
    accounts.account_id
    , accounts.source
    , replace(accounts.name, '-', '') as name
    , replace(profiles.name, '-', '') as other_name
    , accounts.handle
from accounts
left join profiles using (account_id);

-- New, renamed, or gone.
create or replace temp table renamed as
select account_id
from called
full join facts.compared_names as before using (account_id)
where
    called.source is distinct from before.source
    or called.name is distinct from before.name
    or called.other_name is distinct from before.other_name
    or called.handle is distinct from before.handle;
