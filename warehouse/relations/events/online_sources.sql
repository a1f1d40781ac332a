/*
grain = "One row per chosen source where people do more than attend events: it knows the attendance of none of its events."

[columns]
source = "Name of the source"
*/
select source
from sources
where source not in (select source from events where attendance_basis is not null)
