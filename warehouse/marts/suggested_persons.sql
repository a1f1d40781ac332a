/*
grain = "One row per account of a person who has several, if every open suggestion were true."
unique = ["account_id"]
not_null = ["account_id", "person_id"]
joins_accounts = true

[columns]
account_id = "The account"
person_id = "The person: the first of the accounts"
*/
-- Not all suggestions can be true at once: the likeliest go first, and none joins two accounts of
-- one platform that are both in use.
select
    pairs.account_a
    , pairs.account_b
    , pairs.rule
    , coalesce(a.source, split_part(pairs.account_a, ':', 1)) as source_a
    , coalesce(b.source, split_part(pairs.account_b, ':', 1)) as source_b
    , a.left_at is null as is_in_use_a
    , b.left_at is null as is_in_use_b
from (
    select account_a, account_b, 'apart' as rule, 3 as strength
    from marts.decided_pairs
    where not is_one
    union all
    select person_id, account_id, 'decision', 2
    from marts.shared_persons
    union all
    select account_a, account_b, 'suggested', probability
    from marts.suggestions
) as pairs
left join marts.accounts as a on a.account_id = pairs.account_a
left join marts.accounts as b on b.account_id = pairs.account_b
order by pairs.strength desc, pairs.account_a, pairs.account_b
