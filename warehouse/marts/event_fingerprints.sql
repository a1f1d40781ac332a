/*
grain = "One row per event of which anything is told."
unique = ["event_id"]
not_null = ["event_id", "fingerprint"]

[columns]
event_id = "The event"
fingerprint = "Hash of all that the event's rows in other marts are made of: another one means that they are made anew"
*/
-- An event has two ids where a file and the platform tell of it. The address of its group and whether
-- it has begun count as well.
with told as (
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
    coalesce(event_ids.event_id, told.event_id) as event_id
    , hash(sum(told.number_of_rows)::bigint, sum(told.fingerprint)) as fingerprint
from told
left join marts.event_ids on event_ids.also_id = told.event_id
group by all
