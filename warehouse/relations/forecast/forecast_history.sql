/*
grain = "One row per forecast_target and checked-in event of the two years before, as it stood exactly as long before its own start."

[columns]
target_id = "The event to come"
event_id = "The past event"
group_id = "The group that held it; empty: none is known"
yes = "Who said yes so long before"
yes_came = "Those of them who were there"
came = "All who were there: later RSVPs and walk-ins, too"
weight = "How much it tells: half for every 90 days it is older; all of a group add up to as many as events of one age would tell as much"
*/
with past as (
    select event_id, coalesce(group_id, '') as group_id, starts_at
    from events
    where took_place and is_listed and attendance_basis = 'checked_in'
)

-- Every RSVP and every yes that was taken back, by the seconds until the start.
, changes as (
    select
        past.event_id
        , if(isfinite(yes_from), epoch(past.starts_at) - epoch(yes_from), 1e18) as lead_seconds
        , 1 as yes
        , coalesce(has_come, false)::integer as yes_came
    from past
    join event_attendances using (event_id)
    where yes_from is not null
    union all
    select
        past.event_id
        , epoch(past.starts_at) - epoch(yes_until)
        , -1
        , -coalesce(has_come, false)::integer
    from past
    join event_attendances using (event_id)
    where yes_until is not null
)

, standings as (
    select
        event_id
        , lead_seconds
        , sum(sum(yes)) over so_far as yes
        , sum(sum(yes_came)) over so_far as yes_came
    from changes
    group by event_id, lead_seconds
    window so_far as (partition by event_id order by lead_seconds desc)
)

, attended as (
    select event_id, count(*) filter (has_come) as came
    from event_attendances
    group by event_id
)

, asked as (
    select
        targets.event_id as target_id
        , targets.lead_seconds
        , past.event_id
        , past.group_id
        , 0.5 ** (epoch(targets.as_of - past.starts_at) / 86400 / 90) as recency
    from forecast_targets as targets
    join past
        on past.starts_at < targets.as_of and past.starts_at >= targets.as_of - interval 730 days
)

select
    asked.target_id
    , asked.event_id
    , asked.group_id
    , coalesce(standings.yes, 0)::bigint as yes
    , coalesce(standings.yes_came, 0)::bigint as yes_came
    , attended.came
    , recency * sum(recency) over in_group / sum(recency ** 2) over in_group as weight
from asked
asof left join standings
    on standings.event_id = asked.event_id and standings.lead_seconds >= asked.lead_seconds
join attended on attended.event_id = asked.event_id
window in_group as (partition by asked.target_id, asked.group_id)
