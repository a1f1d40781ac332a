/*
grain = "One row per channel, whatever the chosen sources."

[columns]
channel_id = "The channel"
source = "Name of its source"
name = "Its name"
url = "Its address; the link of an activity is this, a slash and the activity's ref"
*/
select channel_id, source, name, url
from facts.channels
