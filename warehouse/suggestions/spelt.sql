-- The names and handles of renamed accounts taken apart, and their keys.
create or replace temp table spelt as
with named as (
    select
        called.*
        -- The name of most words says most: `Kofi Adjei` rather than `kofi`.
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
            regexp_matches(handles.latin, '[a-z]{2}') and not contains(called.handle, ':')
            , handles.latin
            , null
        ) as latin_handle
    from called
    semi join renamed using (account_id)
    left join latin_names as own on own.name = called.name
    left join latin_names as other on other.name = called.other_name
    left join latin_names as handles on handles.name = called.handle
)

-- A number behind a word, as in `kofi2`, is no part of a name.
, bare as (
    select *, list_transform(all_words, lambda word: regexp_replace(word, '[0-9]+$', '')) as words
    from named
)

select
    account_id
    , source
    , name
    , other_name
    , handle
    , words
    , array_to_string(list_sort(words), ' ') as full_name
    , array_to_string(words, '') as squashed
    , if(
        len(words) > 1
        , regexp_replace(array_to_string(list_sort(words), ' '), '[aeiouhwy]', '', 'g')
        , null
    ) as skeleton
    , string_split(latin_handle, ' ') as handle_words
    , replace(latin_handle, ' ', '') as handle_key
    , regexp_replace(latin_handle, '[^a-z]', '', 'g') as stem
from bare;

create or replace temp table spelt_keys as
select account_id, source, key
from (
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
where length(key) >= $least;
