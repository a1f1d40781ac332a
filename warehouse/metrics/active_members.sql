/*
title = "Active members"
question = "How many people take part?"
definition = """
Counts the persons with at least one participation in the period: a message, a reply, a huddle, an
issue, a review … Reactions, stars and joins make nobody active. Bots and staff are not counted. A
person counts once, with any number of participations on any number of the chosen sources.
"""
example = """
In May Ada writes twice, Bo answers once and Cem only adds a reaction; in June nobody writes; in July
Ada writes again. May has 2 active members, June 0, July 1.
"""
caveats = """
Reading leaves no trace, so people who only read are not seen. The last period is unfinished until
the data covers its end.
"""
unit = "people"
page = "engagement"
version = 1
good = "up"
people = "select person_key, participations as activities from member_periods where period = $period"
records = "from activities where is_participation and period = $period"

[columns]
period = "First day of the period"
active_members = "Persons with a participation in the period"
is_complete = "The period is over and the data covers it"
*/
with active as (
    select period, count(*) as active_members
    from member_periods
    semi join chosen_periods using (period)
    group by period
)

select
    chosen_periods.period
    , coalesce(active.active_members, 0) as active_members
    , chosen_periods.is_complete
from chosen_periods
left join active using (period)
order by chosen_periods.period
