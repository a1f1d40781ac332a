/*
grain = "One row per group."
unique = ["group_id"]
not_null = ["group_id", "name"]

[columns]
group_id = "The group, a channel"
name = "Its name"
city = "Its city"
country = "Its country"
latitude = "Where it is; null: not known"
longitude = "Where it is; null: not known"
stated_members = "How many members the platform says it has"
*/
select
    group_id
    , arg_max(name, record_id) as name
    , arg_max(city, record_id) as city
    , arg_max(country, record_id) as country
    , arg_max(latitude, record_id) as latitude
    , arg_max(longitude, record_id) as longitude
    , arg_max(stated_members, record_id) as stated_members
from facts.groups
group by group_id
