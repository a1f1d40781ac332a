/*
grain = "One row per sponsorship and event that it is for."

[columns]
number = "The sponsorship"
event_id = "The event"
*/
select number, event_id
from sponsored_events
order by number, event_id
