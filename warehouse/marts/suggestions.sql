/*
grain = "One row per two accounts that may be of one person, which nobody has decided yet."
unique = ["account_a", "account_b"]
not_null = ["account_a", "account_b", "probability", "reasons", "is_open"]

[columns]
account_a = "An account"
account_b = "Another one"
probability = "How likely one person has both, 0 to 1"
reasons = "What speaks for it, in words"
is_open = "At least 10% likely: it waits for an answer, and numbers say how low they were if it was true"
*/
with in_use as (
    select distinct authors.person_key, authors.source
    from marts.authors
    left join marts.accounts using (account_id)
    where accounts.left_at is null
)

-- Who was told apart is so with all accounts that either has.
, apart as (
    select a.person_key as person_a, b.person_key as person_b
    from marts.decided_pairs as decided
    join marts.authors as a on a.account_id = decided.account_a
    join marts.authors as b on b.account_id = decided.account_b
    where not decided.is_one
)

select
    suggestions.account_a
    , suggestions.account_b
    , suggestions.probability
    , suggestions.reasons
    , suggestions.probability >= 0.1 as is_open
from facts.suggestions
join marts.authors as a on a.account_id = suggestions.account_a
join marts.authors as b on b.account_id = suggestions.account_b
anti join marts.decided_pairs as decided
    on decided.account_a = suggestions.account_a and decided.account_b = suggestions.account_b
where
    a.person_key <> b.person_key
    and not a.is_bot and not b.is_bot
    -- Two persons who both use one platform are two.
    and not exists (
        select 1
        from in_use as use_a
        join in_use as use_b using (source)
        where use_a.person_key = a.person_key and use_b.person_key = b.person_key
    )
    and not exists (
        select 1
        from apart
        where (person_a = a.person_key and person_b = b.person_key)
            or (person_a = b.person_key and person_b = a.person_key)
    )
    and a.account_id not in (select account_id from marts.split_accounts)
    and b.account_id not in (select account_id from marts.split_accounts)
    and a.account_id not in (select account_id from facts.forgotten)
    and b.account_id not in (select account_id from facts.forgotten)
