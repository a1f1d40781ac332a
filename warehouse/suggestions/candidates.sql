-- Pairs of accounts of different sources that share a key, of accounts whose keys changed or of
-- whose keys one came to be shared by too many, or is so no more. `compared_keys` is as before.
create or replace temp table touched_keys as
with lost as (
    select key, count(*) as amount
    from facts.compared_keys
    semi join renamed using (account_id)
    group by key
)

, won as (
    select key, count(*) as amount
    from spelt_keys
    group by key
)

, touched as (
    select
        key
        , coalesce(won.amount, 0) - coalesce(lost.amount, 0) as change
    from lost
    full join won using (key)
)

, before as (
    select key, count(*) as amount
    from facts.compared_keys
    semi join touched using (key)
    group by key
)

select
    key
    , (coalesce(before.amount, 0) <= {most}) <> (coalesce(before.amount, 0) + change <= {most})
        as is_turned
from touched
left join before using (key);

delete from facts.compared_names where account_id in (select account_id from renamed);

delete from facts.compared_keys where account_id in (select account_id from renamed);

insert into facts.compared_names by name from spelt;

insert into facts.compared_keys by name from spelt_keys;

create or replace temp table looked_at as
select account_id from renamed
union
select account_id from facts.compared_keys
where key in (select key from touched_keys where is_turned);

create or replace temp table candidates as
with own as (
    from facts.compared_keys
    semi join looked_at using (account_id)
)

, shared as (
    from facts.compared_keys
    where key in (select key from own)
    qualify count(*) over (partition by key) <= {most}
)

, pairs as (
    select
        own.account_id < other.account_id as is_first
        , own.account_id
        , own.source
        , other.account_id as other_id
        , other.source as other_source
    from own
    join shared as other on other.key = own.key and other.source <> own.source
)

select distinct
    if(is_first, account_id, other_id) as account_a
    , if(is_first, source, other_source) as source_a
    , if(is_first, other_id, account_id) as account_b
    , if(is_first, other_source, source) as source_b
from pairs;
