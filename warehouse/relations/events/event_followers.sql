/*
grain = "One row per period that the chosen time touches, person and group: who was at an event of the period, and who joined in it and never was."

[columns]
period = "First day of the period"
has_come = "The person was at an event; else joined and never was"
person_key = "The person"
is_active = "A participation other than being at an event came within 30 days after one of the period's events, or after joining"
*/
with beginnings as (
    select period, true as has_come, person_key, starts_at as since
    from event_visits
    semi join event_periods using (period)
    union all
    select period, false, person_key, joined_at
    from event_newcomers
    semi join event_periods using (period)
)

, active as (
    select distinct beginnings.period, beginnings.person_key
    from beginnings
    join activities
        on activities.person_key = beginnings.person_key
        and is_in_30_days_after(activities.occurred_at, beginnings.since)
    where
        activities.is_participation
        and activities.kind <> 'attended'
        and activities.date >= period_of(getvariable('start'))
)

select
    beginnings.period
    , beginnings.has_come
    , beginnings.person_key
    , any_value(active.person_key is not null) as is_active
from beginnings
left join active using (period, person_key)
group by beginnings.period, beginnings.has_come, beginnings.person_key
