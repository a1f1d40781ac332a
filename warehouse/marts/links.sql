/*
grain = "One row per two accounts and what says that one person has both."
unique = ["account_a", "account_b", "rule", "evidence"]
not_null = ["account_a", "account_b", "rule", "evidence", "strength"]

[columns]
account_a = "An account"
account_b = "Another one"
rule = "forgotten: both were of one person who is forgotten; decision: somebody decided it; renamed: the platform gives both one lasting id; written: a commit names an address that the other verified on the same source; email: the same e-mail address, verified by both platforms; stated: one names the other as its own"
evidence = "What says so, in words"
since_at = "Since when that is known, UTC"
strength = "Which link goes before which, where they cannot all be: the lowest first"
*/
-- Of two accounts on one platform that are both in use, no address tells whose it is.
with shared as (
    select
        clues.rule
        , clues.value
        , clues.source
        , clues.account_id
        , clues.seen_at
        , count(distinct coalesce(accounts.also_id, clues.account_id))
            filter (accounts.left_at is null)
            over (partition by clues.rule, clues.value, clues.source) as in_use
    from marts.clues
    left join marts.accounts using (account_id)
    where not coalesce(accounts.is_bot, false)
)

, addresses as (
    select value, account_id, source, seen_at
    from shared
    where rule = 'email'
    qualify max(in_use) over (partition by value) <= 1
)

, by_address as (
    select
        first_value(account_id) over by_value as account_a
        , account_id as account_b
        , max(seen_at) over (by_value rows between unbounded preceding and current row) as since_at
    from addresses
    window by_value as (partition by value order by account_id)
)

-- GitHub itself gives a commit to the account that verified its address.
, by_writing as (
    select
        clues.account_id as account_a
        , addresses.account_id as account_b
        , greatest(clues.seen_at, addresses.seen_at) as since_at
    from marts.clues
    join addresses using (source, value)
    where clues.rule = 'written'
)

-- Two accounts of one source that name the same account as theirs: one of them is mistaken. An
-- account that names two of one platform, each in another place, is mistaken as well.
, stated as (
    select account_id, value, seen_at
    from shared
    where rule = 'stated'
    qualify
        max(in_use) over (partition by value) <= 1
        and count(distinct value) over (partition by account_id, split_part(value, ':', 1)) = 1
)

, by_statement as (
    select
        stated.account_id as account_a
        , named.account_id as account_b
        , stated.value
        , stated.seen_at as since_at
    from stated
    join facts.sources on sources.kind = split_part(stated.value, ':', 1)
    join marts.accounts as named
        on named.source = sources.source
        and split_part(stated.value, ':', 2)
            in (lower(named.handle), lower(substr(named.account_id, length(named.source) + 2)))
    where stated.account_id <> named.account_id and not named.is_bot
)

, renamed as (
    select
        first_value(account_id) over (partition by source, also_id order by account_id) as account_a
        , account_id as account_b
        , first_seen_at as since_at
    from marts.accounts
    where also_id is not null
)

, decided as (
    select
        account_a
        , account_b
        , 'decision' as rule
        , 'decision ' || number as evidence
        , decided_at as since_at
        , -number as strength
    from marts.decided_pairs
    where is_one
)

, found as (
    select account_a, account_b, 'renamed' as rule, 'the same lasting id' as evidence, since_at
        , 1 as strength
    from renamed
    union all
    select account_a, account_b, 'written', 'commits with an address that the other verified there'
        , since_at, 1
    from by_writing
    union all
    select account_a, account_b, 'email', 'the same verified e-mail address', since_at, 2
    from by_address
    union all
    select account_a, account_b, 'stated', account_a || ' names ' || value || ' as its own'
        , since_at, 3
    from by_statement
)

-- What somebody decided goes before what is found: an account that was split off has no other links.
select
    least(account_a, account_b) as account_a
    , greatest(account_a, account_b) as account_b
    , rule
    , evidence
    , min(since_at) as since_at
    , min(strength) as strength
from (
    from decided
    union all by name
    select account_id as account_a, person_id as account_b, 'forgotten' as rule
        , 'forgotten together' as evidence, null as since_at, -1000000 as strength
    from facts.forgotten
    union all by name
    select found.*
    from found
    anti join marts.split_accounts as split_a on split_a.account_id = found.account_a
    anti join marts.split_accounts as split_b on split_b.account_id = found.account_b
)
where account_a <> account_b
group by all
