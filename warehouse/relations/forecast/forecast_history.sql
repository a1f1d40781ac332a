/*
grain = "One row per number of days to go of a forecast_target and checked-in event of the two years before, as it stood so many days before its start."

[columns]
lead_days = "Days to go"
event_id = "The event"
group_id = "The group that held it; empty: none is known"
yes = "Who said yes so many days before"
yes_came = "Those of them who were there"
came = "All who were there: later RSVPs and walk-ins, too"
*/
with past as (
    select events.event_id, coalesce(events.group_id, '') as group_id, events.starts_at
    from events
    cross join (select max(as_of) as as_of from forecast_targets) as targets
    where
        events.took_place
        and events.is_listed
        and events.attendance_basis = 'checked_in'
        and events.starts_at < targets.as_of
        and events.starts_at >= targets.as_of - interval 730 days
)

-- Whole days before the start from which, and until which, somebody said yes: few different values.
, answered as (
    select
        past.event_id
        , past.group_id
        , attendances.has_come
        , case
            when isfinite(yes_from) then floor(epoch(past.starts_at - yes_from) / 86400)
            when yes_from is not null then 1e9
        end as from_days
        , case
            when yes_until is null then -1e9
            else floor(epoch(past.starts_at - yes_until) / 86400)
        end as until_days
        , count(*) as persons
    from past
    join event_attendances as attendances using (event_id)
    group by all
)

select
    asked.lead_days
    , answered.event_id
    , answered.group_id
    , (sum(persons) filter (was_yes))::bigint as yes
    , coalesce(sum(persons) filter (was_yes and has_come), 0)::bigint as yes_came
    , coalesce(sum(persons) filter (has_come), 0)::bigint as came
from answered
cross join (select distinct lead_days from forecast_targets) as asked
cross join lateral (
    select coalesce(
        from_days >= asked.lead_days and until_days < asked.lead_days, false
    ) as was_yes
)
group by all
having yes > 0
