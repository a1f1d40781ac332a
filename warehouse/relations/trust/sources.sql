/*
grain = "One row per chosen source."

[columns]
source = "Name of the source"
kind = "Its platform"
covered_from = "History before this cannot be seen, UTC; null: all of it can"
covered_to = "Until when what the platform had is in here, UTC; null: nothing yet"
last_success_at = "End of the last sync or import that succeeded, UTC"
last_error = "What went wrong since then"
requests = "Requests of its last sync or import; null: there was none"
waited_seconds = "Seconds that this one waited for the platform's limits"
newest_success_at = "When the last sync or import of any source, chosen or not, succeeded, UTC"
*/
select *, (select max(last_success_at) from marts.sources) as newest_success_at
from marts.sources
where is_chosen_source(source)
