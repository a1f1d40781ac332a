/*
grain = "One row per two accounts about which a decision in force says that they are one person's, or different people's."
unique = ["account_a", "account_b"]
not_null = ["account_a", "account_b", "number", "is_one"]

[columns]
account_a = "An account"
account_b = "Another one"
number = "The last decision about the two"
is_one = "One person has both; else different people have them"
decided_at = "When it was decided, UTC"
*/
with pairs as (
    select
        least(a.account_id, b.account_id) as account_a
        , greatest(a.account_id, b.account_id) as account_b
        , a.number
        , a.what = 'merge' as is_one
        , a.decided_at
    from marts.decided_accounts as a
    join marts.decided_accounts as b on b.number = a.number and b.place > a.place
    where a.what in ('merge', 'reject')
    qualify row_number() over (
        partition by least(a.account_id, b.account_id), greatest(a.account_id, b.account_id)
        order by a.number desc
    ) = 1
)

select pairs.*
from pairs
left join marts.split_accounts as split_a on split_a.account_id = pairs.account_a
left join marts.split_accounts as split_b on split_b.account_id = pairs.account_b
where
    not pairs.is_one
    or pairs.number > greatest(coalesce(split_a.number, 0), coalesce(split_b.number, 0))
