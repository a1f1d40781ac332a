/*
grain = "One row per channel, whatever the chosen sources."

[columns]
channel_key = "The channel, as a number"
source = "Name of its source"
name = "Its name"
url = "Its address; the link of an activity is this, a slash and the activity's ref"
*/
select
    hash(channel_id) as channel_key
    , any_value(source) as source
    , arg_max(name, record_id) as name
    , arg_max(url, record_id) as url
from facts.channels
group by channel_id
