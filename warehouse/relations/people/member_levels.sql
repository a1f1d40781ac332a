/*
grain = "One row per period that the chosen time touches, or the one before, and person with an active week among the last of its settings' window."

[columns]
period = "First day of the period"
person_key = "The person"
level = "core, regular or occasional"
active_weeks = "Weeks with a participation in the window"
first_week = "First day of the first week of the window"
last_week = "First day of the last week of the window"
*/
with windows as (
    select
        periods.period
        , date_trunc('week', least(periods.next_period - 1, data_range.data_date))::date
            as last_week
        , last_week - 7 * (settings.level_window_weeks - 1) as first_week
        , settings.level_regular_weeks as regular_weeks
        , settings.level_core_weeks as core_weeks
    from periods
    cross join data_range
    cross join marts.settings
    where periods.next_period >= (select min(period) from chosen_periods)
        and periods.period <= (select max(period) from chosen_periods)
)

, window_weeks as (
    select
        period
        , unnest(generate_series(first_week, last_week, interval 7 days))::date as week
    from windows
)

, member_weeks as (
    select distinct date_trunc('week', date)::date as week, person_key
    from member_days
    where date >= (select min(week) from window_weeks)
)

, counted as (
    select window_weeks.period, member_weeks.person_key, count(*) as active_weeks
    from member_weeks
    join window_weeks using (week)
    group by window_weeks.period, member_weeks.person_key
)

select
    windows.period
    , counted.person_key
    , case
        when counted.active_weeks >= windows.core_weeks then 'core'
        when counted.active_weeks >= windows.regular_weeks then 'regular'
        else 'occasional'
    end as level
    , counted.active_weeks
    , windows.first_week
    , windows.last_week
from counted
join windows using (period)
