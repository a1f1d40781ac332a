/*
grain = "One row per group that a file knows by its address alone: its id there is the end of the address."
unique = ["also_id"]
not_null = ["also_id", "group_id"]

[columns]
also_id = "The id that the file gave it"
group_id = "The platform's own id"
*/
select named.channel_id as also_id, arg_max(known.channel_id, known.record_id) as group_id
from facts.channels as named
join facts.channels as known on lower(known.url) = lower(named.url)
where
    known.source = named.source
    and known.channel_id <> named.channel_id
    and lower(named.channel_id) = lower(named.source || ':' || parse_filename(named.url))
group by named.channel_id
