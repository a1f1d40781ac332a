/*
grain = "One row per event, cancelled ones included: what the platform and files say of it."
unique = ["event_id"]
not_null = ["event_key", "event_id", "source", "title", "status", "took_place"]
refresh_by = "event"

[columns]
event_key = "A number that stands for event_id"
event_id = "The event"
source = "Name of its source"
title = "Its title"
status = "planned, past or cancelled"
starts_at = "When it begins, UTC"
ends_at = "When it ends, UTC; null: not known"
group_id = "The group that held it, a channel; null: none is known"
utc_offset_minutes = "The event's own clock at its start, minutes ahead of UTC; null: not known"
is_online = "Nobody meets in a room; null: not known"
capacity = "How many may come; null: not limited or not known"
venue = "Where it meets; null: not known"
city = "The city of the venue; null: not known"
country = "The country of the venue; null: not known"
latitude = "Where the venue is; null: not known"
longitude = "Where the venue is; null: not known"
url = "Its address"
stated_interested = "The platform's own total; this and the following are null where it states none"
stated_yes = "The platform's own total"
stated_no = "The platform's own total"
stated_waitlist = "The platform's own total"
stated_attended = "The platform's own total"
stated_no_show = "The platform's own total"
stated_guests = "The platform's own total"
date = "Local date of its start"
took_place = "It is over, or had begun when the source was last read, and was not cancelled"
*/
with reported as (
    select
        events.* exclude (also_id, record_id, is_from_file, is_provisional) replace (
            coalesce(event_ids.event_id, events.event_id) as event_id
            , coalesce(group_ids.group_id, events.group_id) as group_id
        )
        , row_number() over (
            order by
                events.is_from_file
                , events.is_provisional
                , events.status = 'planned'
                , events.stated_yes is null
                , events.group_id is null
                , events.record_id desc
        ) as precedence
    from facts.events
    left join marts.event_ids on event_ids.also_id = events.event_id
    left join marts.group_ids on group_ids.also_id = events.group_id
)

, merged as (
    select event_id, arg_min(columns(* exclude (event_id, precedence)), precedence)
    from reported
    semi join changed_events using (event_id)
    group by event_id
)

select
    md5_number_lower(merged.event_id) as event_key
    , merged.*
    , (merged.starts_at at time zone 'UTC' at time zone settings.timezone)::date as date
    , merged.status <> 'cancelled' and coalesce(
        merged.status = 'past' or merged.starts_at < sources.covered_to, false
    ) as took_place
from merged
cross join marts.settings
left join marts.sources using (source)
order by merged.starts_at, merged.event_id
