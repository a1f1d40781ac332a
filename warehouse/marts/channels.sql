/*
grain = "One row per channel."
unique = ["channel_key"]
not_null = ["channel_key", "channel_id", "source", "name", "is_general"]

[columns]
channel_key = "A number that stands for channel_id"
channel_id = "The channel"
source = "Name of its source"
name = "Its name"
is_general = "Everybody on the source is in it"
url = "Its address; the link of an activity is this, a slash and the activity's ref"
*/
select
    hash(channel_id) as channel_key
    , channel_id
    , any_value(source) as source
    , arg_max(name, record_id) as name
    , bool_or(is_general) as is_general
    , arg_max(url, record_id) as url
from facts.channels
group by channel_id
