/*
grain = "One row per channel, whatever the chosen sources."

[columns]
channel_key = "The channel, as a number"
name = "Its name; two of one name are told apart by their place, else by their id"
url = "Its address; the link of an activity is this, a slash and the activity's ref"
*/
select channel_key, label as name, url
from marts.channels
