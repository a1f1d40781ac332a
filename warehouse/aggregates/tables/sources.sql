/*
grain = "One row per source."

[columns]
source = "Name of the source"
kind = "Its platform"
state = "ok, stale, failed, waiting or ended: see the metric freshness"
covered_from = "History before this cannot be seen, UTC; null: all of it can"
covered_to = "Until when what the platform had is in here, UTC; null: not known"
last_success_at = "End of the last sync or import that succeeded, UTC"
*/
select source, kind, state, covered_from, covered_to, last_success_at
from sources
order by source
