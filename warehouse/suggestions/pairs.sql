-- Pairs that are none any more, and those that are new or of which an account changed.
create or replace temp table lost_pairs as
select account_a, source_a, account_b, source_b
from facts.compared_pairs
anti join candidates using (account_a, account_b)
where
    account_a in (select account_id from looked_at)
    or account_b in (select account_id from looked_at);

create or replace temp table uncompared_pairs as
with kept as (
    select account_a, source_a, account_b, source_b
    from facts.compared_pairs
    where
        account_a in (select account_id from changed)
        or account_b in (select account_id from changed)
)

from kept
anti join lost_pairs using (account_a, account_b)
union all
from candidates
anti join facts.compared_pairs as kept using (account_a, account_b);
