-- Accounts that are no bots, with their names and handles taken apart.
create or replace temp table spelt as
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

, profiles as (
    select
        account_id
        , arg_max(name, record_id) as name
        , arg_max(place, record_id) as place
        , arg_max(timezone, record_id) as timezone
    from facts.profiles
    group by account_id
)

-- The name of most words says most: `Kofi Adjei` rather than `kofi`. `Kamau-Rono` is one word.
, named as (
    select
        accounts.account_id
        , accounts.source
        , list_filter(
            if(
                len(string_split(other.latin, ' ')) > len(string_split(own.latin, ' '))
                , string_split(other.latin, ' ')
                , string_split(own.latin, ' ')
            )
            , lambda word: regexp_matches(word, '\D')
        ) as all_words
        -- A number is no handle that somebody chose, nor is the hash of an address.
        , if(
            regexp_matches(handles.latin, '[a-z]{2}') and not contains(accounts.handle, ':')
            , handles.latin
            , null
        ) as handle
        , profiles.place
        , profiles.timezone
    from accounts
    left join profiles using (account_id)
    left join latin_names as own on own.name = replace(accounts.name, '-', '')
    left join latin_names as other on other.name = replace(profiles.name, '-', '')
    left join latin_names as handles on handles.name = accounts.handle
)

-- A number behind a word, as in `kofi2`, is no part of a name.
, bare as (
    select *, list_transform(all_words, lambda word: regexp_replace(word, '[0-9]+$', '')) as words
    from named
)

select
    account_id
    , source
    , words
    , place
    , timezone
    , array_to_string(list_sort(words), ' ') as full_name
    , array_to_string(words, '') as squashed
    , if(len(words) > 1, regexp_replace(array_to_string(list_sort(words), ' '), '[aeiouhwy]', '', 'g'), null) as skeleton
    , handle
    , string_split(handle, ' ') as handle_words
    , count(*) over (partition by source, list_sort(words)) as namesakes
    , count(*) over (partition by source, words[1], words[-1][1]) as with_initial
    , regexp_replace(handle, '[^a-z]', '', 'g') as stem
    , replace(handle, ' ', '') as handle_key
from bare
