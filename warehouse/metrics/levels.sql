/*
title = "Levels"
question = "How many people are at the core, and how many come now and then?"
definition = """
A person's level at a period's end comes from the last 12 weeks, the week of the period's last day
included. core: a participation in at least 9 of them; regular: in at least 4; occasional: in at
least 1. For a period that is not over, the last day of the data counts. The 12, 9 and 4 are
settings.
"""
example = """
In the 12 weeks to 30 June Ada writes in 10 weeks, Bo in 4 and Cem in 1: one core, one regular and one
occasional member.
"""
caveats = """
In the first 12 weeks of the data nobody can have been there for long, so levels rise by themselves.
"""
unit = "people"
page = "engagement"
version = 1
good = "up"
people = """
select person_key, active_weeks as activities
from member_levels
where period = $period and level = $level
"""
records = """
select activities.*
from activities
join member_levels using (person_key)
where
    activities.is_participation
    and member_levels.period = $period
    and member_levels.level = $level
    and date_trunc('week', activities.date)
        between member_levels.first_week and member_levels.last_week
"""

[columns]
period = "First day of the period"
level = "core, regular or occasional"
members = "Persons at the level at the end of the period"
is_complete = "The period is over and the data covers it"
*/
with counted as (
    select period, level, count(*) as members
    from member_levels
    group by all
)

select
    chosen_periods.period
    , levels.level
    , coalesce(counted.members, 0) as members
    , chosen_periods.is_complete
from chosen_periods
cross join (values ('core'), ('occasional'), ('regular')) as levels (level)
left join counted using (period, level)
order by chosen_periods.period, levels.level
