/*
grain = "One row per group, whatever the chosen sources."

[columns]
group_id = "The group"
name = "Its name"
city = "Its city"
country = "Its country"
latitude = "Where it is; null: not known"
longitude = "Where it is; null: not known"
founded_at = "When it was founded, UTC; null: not known"
stated_members = "How many members the platform says it has"
*/
select
    group_id
    , name
    , city
    , country
    , latitude
    , longitude
    , founded_at
    , stated_members
from marts.groups
