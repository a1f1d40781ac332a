/*
grain = "One row per account of which more is known than its id: from a member list, or from what somebody did."
unique = ["account_id"]
not_null = ["account_id", "source", "handle", "is_bot", "first_seen_at", "is_listed"]

[columns]
account_id = "The account; several groups of one source may list it, and a file as well"
source = "Name of its source"
handle = "What the platform calls it"
name = "The name on the member list; of an account on none the name that it was met under"
is_bot = "Flagged by the platform"
stated_joined_at = "The first joining that the platform states, UTC; null: it states none"
profile_joined_at = "When it joined as its own profile says, UTC; null: it says nothing"
first_seen_at = "When it was listed to us first, UTC; of an account on no list when it was met"
also_id = "What else the platform calls it for good, whatever its name; null: nothing, or one handle was two accounts"
left_at = "When it had left or was deactivated everywhere, at the latest, UTC; null: it is still there"
is_listed = "On the platform's member list; else met only as an author, and nobody's member"
*/
-- A member list goes before what the same account's activities say.
with preferred as (
    select *
    from facts.accounts
    qualify is_listed = bool_or(is_listed) over (partition by account_id)
)

select
    account_id
    , any_value(source) as source
    -- Who tells an id that stays tells the handle as the platform writes it.
    , arg_max(handle, (also_id is not null, record_id)) as handle
    , arg_max(name, (also_id is not null, record_id)) as name
    , bool_or(is_bot) as is_bot
    , min(stated_joined_at) as stated_joined_at
    , min(profile_joined_at) as profile_joined_at
    , min(first_seen_at) as first_seen_at
    -- A handle that two had, one after the other, is nobody's for good.
    , case when count(distinct also_id) = 1 then any_value(also_id) end as also_id
    , case when count(left_at) = count(*) then max(left_at) end as left_at
    , any_value(is_listed) as is_listed
from preferred
group by account_id
