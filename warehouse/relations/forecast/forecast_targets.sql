/*
grain = "One row per event on the chosen sources that was not cancelled and is to come; with the variable as_of set, that began within the day after it."

[columns]
event_id = "The event"
group_id = "The group that holds it; empty: none is known"
title = "Its title"
starts_at = "When it begins, UTC"
yes_now = "Who has said yes; null: not known"
lead_days = "Days to go until it begins, rounded down to one of a few steps"
as_of = "From when on it is looked forward, UTC"
*/
with chosen as (
    select
        events.event_id
        , coalesce(events.group_id, '') as group_id
        , events.title
        , events.starts_at
        , events.is_listed
        , events.stated_yes
        , coalesce(getvariable('as_of')::timestamp, sources.covered_to, events.starts_at) as as_of
        , coalesce(getvariable('as_of')::timestamp, 'infinity') as answered_before
    from events
    join sources using (source)
    where
        case
            when getvariable('as_of') is null then not events.took_place
            else events.starts_at > getvariable('as_of')::timestamp
                and events.starts_at <= getvariable('as_of')::timestamp + interval 1 day
        end
)

, answered as (
    select chosen.event_id, count(*) as yes
    from event_attendances as attendances
    join chosen using (event_id)
    where
        attendances.yes_from <= chosen.answered_before
        and (attendances.yes_until is null or attendances.yes_until > chosen.answered_before)
    group by chosen.event_id
)

select
    chosen.event_id
    , chosen.group_id
    , chosen.title
    , chosen.starts_at
    , if(chosen.is_listed, coalesce(answered.yes, 0), chosen.stated_yes) as yes_now
    , list_max(list_filter(
        [0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90]
        , lambda days: days = 0 or chosen.starts_at - chosen.as_of >= to_days(days)
    )) as lead_days
    , chosen.as_of
from chosen
left join answered using (event_id)
