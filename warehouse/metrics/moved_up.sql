/*
title = "Who moved up"
question = "Who has become a regular, or a core member?"
definition = """
Lists the persons whose level at a period's end is higher than at the end of the period before, and at
least regular. What a level is says the metric levels. In a period that is not over the last day of the
data counts.
"""
example = """
In the 12 weeks to 26 May Ada takes part in 3 weeks, Bo in 4. In the week after it both take part again:
Ada, in 4 weeks now, was occasional and is a regular; Bo was a regular before and is not listed.
"""
caveats = """
In the first 12 weeks of the data levels rise by themselves. Who takes part now more and now less often
may move up again and again.
"""
unit = "people"
page = "today"
version = 1
good = "up"
people = """
select level_moves.person_key, level_moves.active_weeks as activities
from level_moves
join people using (person_key)
where level_moves.period = $period and people.person_id = $person_id
"""
records = """
select activities.*
from activities
join level_moves using (person_key)
join people using (person_key)
where
    activities.is_participation
    and level_moves.period = $period
    and people.person_id = $person_id
    and date_trunc('week', activities.date)
        between level_moves.first_week and level_moves.last_week
"""

[columns]
period = "First day of the period"
person_id = "The person"
name = "The person's name"
from_level = "Level at the end of the period before: regular, occasional or none"
to_level = "Level at the end of the period: core or regular"
active_weeks = "Weeks with a participation in the weeks that the level looks back"
last_at = "Time of the last participation in the period, UTC; null: there was none"
link = "That participation; null where the platform gives no address"
is_complete = "The period is over and the data covers it"
*/
with moved as (
    select *
    from level_moves
    where
        (to_level = 'core' and from_level <> 'core')
        or (to_level = 'regular' and from_level in ('occasional', 'none'))
)

, last_words as (
    select
        activities.period
        , activities.person_key
        , max(activities.occurred_at) as last_at
        , arg_max(channels.url || '/' || activities.ref, activities.occurred_at) as link
    from activities
    semi join moved
        on moved.person_key = activities.person_key and moved.period = activities.period
    left join channels using (channel_key)
    where
        activities.is_participation
        and activities.date >= period_of(getvariable('start'))
    group by activities.period, activities.person_key
)

select
    moved.period
    , people.person_id
    , people.name
    , moved.from_level
    , moved.to_level
    , moved.active_weeks
    , last_words.last_at
    , last_words.link
    , chosen_periods.is_complete
from moved
join chosen_periods using (period)
join people using (person_key)
left join last_words
    on last_words.period = moved.period and last_words.person_key = moved.person_key
order by moved.period, people.person_id
