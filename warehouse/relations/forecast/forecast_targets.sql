/*
grain = "One row per event on the chosen sources that was not cancelled and is to come; with the variable lead_days set, per event that took place, as it stood so many days before."

[columns]
event_id = "The event"
group_id = "The group that holds it; empty: none is known"
title = "Its title"
starts_at = "When it begins, UTC"
yes_now = "Who has said yes; null: not known"
as_of = "Until when its RSVPs are known, UTC"
lead_seconds = "From then until it begins"
*/
with chosen as (
    select
        events.event_id
        , coalesce(events.group_id, '') as group_id
        , events.title
        , events.starts_at
        , events.is_listed
        , events.stated_yes
        , coalesce(
            events.starts_at - to_microseconds((getvariable('lead_days') * 86400e6)::bigint)
            , sources.known_to
        ) as as_of
    from events
    join sources using (source)
    where
        if(
            getvariable('lead_days') is null
            , events.is_to_come
            , events.took_place
        )
)

, answered as (
    select chosen.event_id, count(*) as yes
    from event_attendances as attendances
    join chosen using (event_id)
    where
        if(
            getvariable('lead_days') is null
            , attendances.yes_from is not null and attendances.yes_until is null
            , attendances.yes_from <= chosen.as_of
                and (attendances.yes_until is null or attendances.yes_until > chosen.as_of)
        )
    group by chosen.event_id
)

select
    chosen.event_id
    , chosen.group_id
    , chosen.title
    , chosen.starts_at
    , if(chosen.is_listed, coalesce(answered.yes, 0), chosen.stated_yes) as yes_now
    , chosen.as_of
    , epoch(chosen.starts_at - chosen.as_of) as lead_seconds
from chosen
left join answered using (event_id)
