-- Of those that could be the same person on one source at most one is: they share the probability.
create or replace temp table suggested as
with sourced as (
    select
        pairs.account_a
        , pairs.account_b
        , pairs.reasons
        , 2 ** least(pairs.bits, 60) as odds
        , a.source as source_a
        , b.source as source_b
    from facts.compared_pairs as pairs
    join spelt as a on a.account_id = pairs.account_a
    join spelt as b on b.account_id = pairs.account_b
    -- What nearly nothing speaks for is nobody's rival.
    where pairs.bits > $least_bits
)

, shared as (
    select
        *
        , odds / (
            1
            + sum(odds) over (partition by account_a, source_b)
            + sum(odds) over (partition by account_b, source_a)
            - odds
        ) as share
    from sourced
)

, placed as (
    select
        *
        , log2(share / greatest(1 - share, 1e-12)) as bits
    from shared
)

select account_a, account_b, round({probability}, 4) as probability, reasons
from placed
qualify
    row_number() over (partition by account_a, source_b order by share desc, account_b)
        <= $per_source
    and row_number() over (partition by account_b, source_a order by share desc, account_a)
        <= $per_source
