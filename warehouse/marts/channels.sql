/*
grain = "One row per channel."
unique = ["channel_key"]
not_null = ["channel_key", "channel_id", "source", "name", "label", "is_general"]

[columns]
channel_key = "A number that stands for channel_id"
channel_id = "The channel"
source = "Name of its source"
name = "Its name"
label = "Its name; two of one name are told apart by their place, else by their id"
is_general = "Everybody on the source is in it"
url = "Its address; the link of an activity is this, a slash and the activity's ref"
*/
with channels as (
    select
        md5_number_lower(channel_id) as channel_key
        , channel_id
        , any_value(source) as source
        , arg_max(name, record_id) as name
        , arg_max_null(place, record_id) as place
        , bool_or(is_general) as is_general
        , arg_max(url, record_id) as url
    from facts.channels
    group by channel_id
)

, named as (
    select
        *
        , substr(channel_id, length(source) + 2) as platform_id
        , case
            when count(*) over (partition by source, name) = 1 then name
            when place is not null then name || ' (' || place || ')'
        end as short_label
    from channels
)

select
    channel_key
    , channel_id
    , source
    , name
    , if(
        trim(short_label) <> '' and count(*) over (partition by source, short_label) = 1
        , short_label
        , trim(name || ' (' || platform_id || ')')
    ) as label
    , is_general
    , url
from named
