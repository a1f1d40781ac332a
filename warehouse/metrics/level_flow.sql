/*
title = "Moves between levels"
question = "How many people became more active, or less, since the period before?"
definition = """
Compares each person's level at a period's end with the one at the end of the period before; none is a
level: no participation in the last 12 weeks, or none ever. What a level is says the metric levels. Every
pair of levels has a row in every period, but for none to none.
"""
example = """
In May Ada is a core member, Bo a regular and Cem occasional; in June Ada is core, Bo occasional, Cem has
fallen silent and Dee is new. June: core to core 1, regular to occasional 1, occasional to none 1, none to
occasional 1, all others 0.
"""
caveats = """
In the first 12 weeks of the data levels rise by themselves. A period that is not over is compared as of the
last day of the data.
"""
unit = "people"
page = "engagement"
version = 1
good = "neutral"
people = """
select person_key, active_weeks as activities
from level_moves
where period = $period and from_level = $from_level and to_level = $to_level
"""
records = """
select activities.*
from activities
join level_moves using (person_key)
where
    activities.is_participation
    and level_moves.period = $period
    and level_moves.from_level = $from_level
    and level_moves.to_level = $to_level
    and date_trunc('week', activities.date)
        between level_moves.first_week and level_moves.last_week
"""

[columns]
period = "First day of the period"
from_level = "Level at the end of the period before: core, regular, occasional or none"
to_level = "Level at the end of the period"
members = "Persons who moved so, or stayed"
is_complete = "The period is over and the data covers it"
*/
with counted as (
    select period, from_level, to_level, count(*) as members
    from level_moves
    group by all
)

, levels as (
    from (values ('core'), ('none'), ('occasional'), ('regular')) as levels (level)
)

select
    chosen_periods.period
    , before.level as from_level
    , after.level as to_level
    , coalesce(counted.members, 0) as members
    , chosen_periods.is_complete
from chosen_periods
cross join levels as before
join levels as after on before.level <> 'none' or after.level <> 'none'
left join counted
    on counted.period = chosen_periods.period
    and counted.from_level = before.level
    and counted.to_level = after.level
order by chosen_periods.period, from_level, to_level
