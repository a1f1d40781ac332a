-- Two accounts of different sources that share a key made of their names and handles.
create or replace temp table candidates as
with keyed as (
    select account_id, source, unnest(list_distinct([
        squashed
        , full_name
        , skeleton
        , stem
        , handle_key
        , handle_words[1]
        , handle_words[1] || handle_words[2]
        , regexp_replace(handle_words[1], '[0-9]+$', '')
        , regexp_replace(handle_words[1] || handle_words[2], '[0-9]+$', '')
        , if(len(words) > 1, words[1] || words[-1][1], null)
        , if(len(words) > 1, words[1][1] || words[-1], null)
        , if(len(words) > 0, words[1], null)
    ])) as key
    from spelt
)

, usable as (
    select account_id, source, key
    from keyed
    where length(key) >= $least
    qualify count(*) over (partition by key) <= $most
)

select distinct a.account_id as account_a, b.account_id as account_b
from usable as a
join usable as b on a.key = b.key and a.source <> b.source and a.account_id < b.account_id
