/*
grain = "One row per id under which files know an event that the platform knows under another id."
unique = ["also_id"]
not_null = ["also_id", "event_id"]

[columns]
also_id = "The id that files use"
event_id = "The platform's own id"
*/
select also_id, arg_max(event_id, record_id) as event_id
from facts.events
where also_id <> event_id
group by also_id
