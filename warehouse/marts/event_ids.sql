/*
grain = "One row per id under which files know an event that has another id as well."
unique = ["also_id"]
not_null = ["also_id", "event_id"]

[columns]
also_id = "The id that files use"
event_id = "The platform's own id; of an event that files alone know its lasting one"
*/
with told as (
    select also_id, event_id, record_id from facts.events where also_id <> event_id
    union all
    select also_id, event_id, record_id from facts.event_ids where also_id <> event_id
)

-- Of two files, one made before the platform gave an event its lasting id, one after.
, renamed as (
    select
        passing.event_id as also_id
        , min(coalesce(told.event_id, lasting.event_id)) as event_id
    from facts.events as passing
    join facts.events as lasting using (source, group_id, title, starts_at)
    left join told on told.also_id = lasting.event_id
    where
        passing.is_provisional
        and not lasting.is_provisional
        and passing.event_id not in (select event_id from told)
    group by passing.event_id
    having count(distinct coalesce(told.event_id, lasting.event_id)) = 1
)

select also_id, arg_max(event_id, record_id) as event_id
from told
group by also_id
union all
select also_id, event_id
from renamed
where also_id not in (select also_id from told)
