-- Of those that could be the same person on one source at most one is: they share the probability.
-- Only pairs that share with one whose odds moved are looked at again.
create or replace temp table moved_pairs as
select new.account_a, new.source_a, new.account_b, new.source_b
from new_pairs as new
left join facts.compared_pairs as old using (account_a, account_b)
where new.bits is distinct from old.bits or new.reasons is distinct from old.reasons
union all
from lost_pairs;

delete from facts.compared_pairs
where (account_a, account_b) in (select (account_a, account_b) from moved_pairs);

insert into facts.compared_pairs by name
from new_pairs
semi join moved_pairs using (account_a, account_b)
anti join lost_pairs using (account_a, account_b);

create or replace temp table moved_sides as
select account_a as account_id, source_b as other from moved_pairs
union
select account_b, source_a from moved_pairs;

-- What nearly nothing speaks for is nobody's rival.
create or replace temp table touched_pairs as
with likely as (
    select account_a, source_a, account_b, source_b, bits
    from facts.compared_pairs
    where bits > {least_bits}
)

from likely
semi join moved_sides on moved_sides.account_id = account_a and moved_sides.other = source_b
union
from likely
semi join moved_sides on moved_sides.account_id = account_b and moved_sides.other = source_a;

-- Whole numbers are summed, for the sum of fractions depends on their order.
create or replace temp table suggested as
with sides as (
    select account_a as account_id, source_b as other from touched_pairs
    union
    select account_b, source_a from touched_pairs
)

, rivals as (
    select account_a as account_id, source_b as other, {odds} as odds
    from facts.compared_pairs
    where bits > {least_bits}
    union all
    select account_b, source_a, {odds}
    from facts.compared_pairs
    where bits > {least_bits}
)

, sums as (
    select account_id, other, sum(odds) as odds
    from rivals
    semi join sides using (account_id, other)
    group by account_id, other
)

, shared as (
    select
        pairs.account_a
        , pairs.account_b
        , {odds} as own
        , {one} + a.odds + b.odds - 2 * own as others
    from touched_pairs as pairs
    join sums as a on a.account_id = pairs.account_a and a.other = pairs.source_b
    join sums as b on b.account_id = pairs.account_b and b.other = pairs.source_a
)

, weighed as (
    select account_a, account_b, log2(own::double / others::double) as bits
    from shared
)

select
    weighed.account_a
    , weighed.account_b
    , round({probability}, 4) as probability
    , compared.reasons
from weighed
join facts.compared_pairs as compared using (account_a, account_b);

delete from facts.suggestions
where (account_a, account_b) in (
    select (account_a, account_b) from moved_pairs
    union all
    select (account_a, account_b) from touched_pairs
);

insert into facts.suggestions by name from suggested;
