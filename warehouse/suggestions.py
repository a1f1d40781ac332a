"""Which accounts may be one person's, by their names and handles: for a human to decide.

Two accounts are compared where they share a key: the letters of a name or of a handle, or a first
name with an initial. How alike they are is one of a few cases; the probability of a case is the
share of its pairs that are one person's in the made-up community, where names and handles of
different people are alike more often than elsewhere (tests/benchmarks/identity.py prints both).
Names are compared in their own script: the same name in two scripts is not alike here.
"""

import duckdb

# A key that more accounts have tells nothing, and would make very many pairs.
MOST_OF_A_KEY = 30
LEAST_LETTERS = 4
# Of an account at most so many on each other source, the likeliest.
MOST_PER_SOURCE = 3

PROBABILITIES = {
    "same name, which nobody else has": 0.86,
    "same name and same handle": 0.79,
    "same first name and initial": 0.64,
    "same handle": 0.6,
    "the handle of one is the name of the other": 0.49,
    "same name": 0.39,
}

SUGGESTED = """
create or replace temp table suggested as
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

, spelt as (
    select
        account_id
        , source
        , regexp_replace(strip_accents(lower(name)), '[^\\pL\\pN]+', '', 'g') as name
        , list_filter(
            regexp_split_to_array(strip_accents(lower(name)), '[^\\pL\\pN]+')
            , lambda word: word <> ''
        ) as words
        -- A number is no handle that somebody chose.
        , case when regexp_matches(handle, '\\pL')
            then regexp_replace(strip_accents(lower(handle)), '[^\\pL]+', '', 'g')
        end as handle
    from accounts
)

, keyed as (
    select account_id, source, unnest(list_distinct([
        name
        , handle
        , if(len(words) = 2, words[2] || words[1], null)
        , if(len(words) > 1, words[1] || ' ' || words[-1][1], null)
    ])) as key
    from spelt
)

, usable as (
    select account_id, source, key
    from keyed
    where length(key) >= $least
    qualify count(*) over (partition by key) <= $most
)

, pairs as (
    select distinct a.account_id as account_a, b.account_id as account_b
    from usable as a
    join usable as b on a.key = b.key and a.source <> b.source and a.account_id < b.account_id
)

, named as (
    select *, count(*) over (partition by source, name) as namesakes
    from spelt
)

, compared as (
    select
        pairs.account_a
        , pairs.account_b
        , a.source as source_a
        , b.source as source_b
        , case
            when a.name = b.name and a.handle = b.handle then 'same name and same handle'
            when a.name = b.name and len(a.words) > 1 and greatest(a.namesakes, b.namesakes) = 1
                then 'same name, which nobody else has'
            when a.handle = b.handle then 'same handle'
            when a.name = b.name or list_sort(a.words) = list_sort(b.words) then 'same name'
            when a.handle = b.name or a.name = b.handle
                then 'the handle of one is the name of the other'
            when len(a.words) > 1 and len(b.words) > 1 and a.words[1] = b.words[1]
                and a.words[-1][1] = b.words[-1][1]
                and least(length(a.words[-1]), length(b.words[-1])) = 1
                then 'same first name and initial'
        end as reason
    from pairs
    join named as a on a.account_id = pairs.account_a
    join named as b on b.account_id = pairs.account_b
)

select account_a, account_b, probabilities.probability, [reason] as reasons
from compared
join (select unnest($reasons) as reason, unnest($probabilities) as probability) as probabilities
    using (reason)
qualify
    row_number() over (partition by account_a, source_b order by probability desc, account_b)
        <= $per_source
    and row_number() over (partition by account_b, source_a order by probability desc, account_a)
        <= $per_source
"""


def suggest(con: duckdb.DuckDBPyConnection) -> None:
    """Write facts.suggestions anew, inside the open transaction: two accounts, how likely, why."""
    values = {
        "least": LEAST_LETTERS,
        "most": MOST_OF_A_KEY,
        "per_source": MOST_PER_SOURCE,
        "reasons": list(PROBABILITIES),
        "probabilities": list(PROBABILITIES.values()),
    }
    con.execute(SUGGESTED, values)
    con.execute("delete from facts.suggestions")
    con.execute("insert into facts.suggestions by name from suggested")
