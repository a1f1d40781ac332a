/*
grain = "One row per number of days to go of a forecast_target and checked-in event of the two years before, as it stood so many days before its start."

[columns]
lead_days = "Days to go"
event_id = "The event"
group_id = "The group that held it; empty: none is known"
yes = "Who said yes so many days before"
yes_came = "Those of them who were there"
came = "All who were there: later answers and walk-ins, too"
*/
with asked as (
    select distinct lead_days
    from forecast_targets
)

, past as (
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

select
    asked.lead_days
    , past.event_id
    , past.group_id
    , count(*) filter (was_yes) as yes
    , count(*) filter (was_yes and has_come) as yes_came
    , count(*) filter (has_come) as came
from past
cross join asked
join (
    select event_id, has_come, yes_from, coalesce(yes_until, 'infinity') as yes_until
    from event_answers
) as answers using (event_id)
cross join lateral (
    select coalesce(
        yes_from <= past.starts_at - to_days(asked.lead_days)
        and yes_until > past.starts_at - to_days(asked.lead_days)
        , false
    ) as was_yes
)
group by all
having yes > 0
