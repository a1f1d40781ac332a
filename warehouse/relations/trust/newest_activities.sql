/*
grain = "One row per source with an activity, whatever the chosen sources."

[columns]
source = "Name of the source"
newest_activity_at = "Time of its newest activity, bots' and staff's included, UTC"
*/
select source, max(occurred_at) as newest_activity_at
from marts.activities
group by source
