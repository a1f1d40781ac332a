/*
grain = "One row per group, whatever the chosen sources."

[columns]
group_id = "The group"
name = "Its name"
city = "Its city"
country = "Its country"
latitude = "Where it is; null: not known"
longitude = "Where it is; null: not known"
stated_members = "How many members the platform says it has"
*/
from marts.groups
