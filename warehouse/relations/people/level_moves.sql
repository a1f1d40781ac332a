/*
grain = "One row per chosen period and person with a level in it or in the period before."

[columns]
period = "First day of the period"
person_key = "The person"
from_level = "Level at the end of the period before; none without one"
to_level = "Level at the end of the period; none without one"
active_weeks = "Active weeks in the window of the level that the person has, or had"
first_week = "First day of the first week of that window"
last_week = "First day of the last week of that window"
*/
with levels as (
    select member_levels.*, periods.next_period
    from member_levels
    join periods using (period)
)

select
    coalesce(present.period, past.next_period) as period
    , coalesce(present.person_key, past.person_key) as person_key
    , coalesce(past.level, 'none') as from_level
    , coalesce(present.level, 'none') as to_level
    , coalesce(present.active_weeks, past.active_weeks) as active_weeks
    , coalesce(present.first_week, past.first_week) as first_week
    , coalesce(present.last_week, past.last_week) as last_week
from levels as present
full join levels as past
    on past.person_key = present.person_key and past.next_period = present.period
where coalesce(present.period, past.next_period) in (select period from chosen_periods)
