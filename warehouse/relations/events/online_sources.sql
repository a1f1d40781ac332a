/*
grain = "One row per chosen source that is no place of events alone: on none of its events attendance is known."

[columns]
source = "Name of the source"
*/
select source
from sources
where source not in (select source from events where attendance_basis is not null)
