/*
grain = "One row per account of a person who has several."
unique = ["account_id"]
not_null = ["account_id", "person_id"]
joins_accounts = true

[columns]
account_id = "The account"
person_id = "The person: the first of the accounts"
*/
-- Those that are kept apart come first, then links, the strongest first.
select
    pairs.account_a
    , pairs.account_b
    , pairs.rule
    , coalesce(a.source, split_part(pairs.account_a, ':', 1)) as source_a
    , coalesce(b.source, split_part(pairs.account_b, ':', 1)) as source_b
    , a.left_at is null as is_in_use_a
    , b.left_at is null as is_in_use_b
from (
    select account_a, account_b, 'apart' as rule, -1000000 - number as strength
    from marts.decided_pairs
    where not is_one
    union all
    select account_a, account_b, rule, strength from marts.links
) as pairs
left join marts.accounts as a on a.account_id = pairs.account_a
left join marts.accounts as b on b.account_id = pairs.account_b
order by pairs.strength, pairs.account_a, pairs.account_b, pairs.rule
