/*
grain = "One row per channel, whatever the chosen sources."

[columns]
channel_key = "The channel, as a number"
name = "Its name"
url = "Its address; the link of an activity is this, a slash and the activity's ref"
*/
select channel_key, name, url
from marts.channels
