/*
grain = "One row per event of which anything is hashed."
unique = ["event_id"]
not_null = ["event_id", "fingerprint"]

[columns]
event_id = "The event"
fingerprint = "Hash of all inputs of the event's rows in other marts; a change rebuilds them"
*/
-- An event has two ids where both a file and the platform report it. The address of its group and
-- whether it has begun are inputs as well.
with hashed as (
    select event_id, count(*) as number_of_rows, sum(hash(attendances)) as fingerprint
    from facts.attendances
    group by event_id
    union all
    select
        events.event_id
        , 1
        , hash(
            events
            , events.starts_at < sources.covered_to and events.status = 'planned'
            , channels.url
            , group_ids.group_id
        )
    from facts.events
    left join marts.sources using (source)
    left join marts.group_ids on group_ids.also_id = events.group_id
    left join marts.channels
        on channels.channel_id = coalesce(group_ids.group_id, events.group_id)
)

select
    coalesce(event_ids.event_id, hashed.event_id) as event_id
    , hash(sum(hashed.number_of_rows)::bigint, sum(hashed.fingerprint)) as fingerprint
from hashed
left join marts.event_ids on event_ids.also_id = hashed.event_id
group by all
