/*
grain = "One row."

[columns]
name = "The community"
timezone = "Its time zone"
min_group_size = "A sponsor never sees a group of fewer people"
*/
select community as name, timezone, min_group_size
from marts.settings
