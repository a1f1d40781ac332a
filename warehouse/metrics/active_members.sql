/*
title = "Active members"
question = "How many people take part?"
definition = """
Counts the persons with at least one participation in the period: a message, a reply, a huddle, an
issue, a review … Reactions, stars and joins make nobody active. Bots and staff are not counted. A
person counts once, with any number of participations on any number of the chosen sources. At an
event where nobody was checked in, a yes counts as having come; rsvp_only says of how many persons
nothing else tells that they were active. An account that evidence or a decision joins to another
counts with it as one person; low and high tell how far that matters: low if every suggestion that
is at least 10% likely were true, also those that contradict each other, high if none were joined.
"""
example = """
In May Ada writes twice, Bo answers once and Cem only adds a reaction; in June nobody writes; in July
Ada writes again. May has 2 active members, June 0, July 1. In August Ada is checked in at an event,
and Bo says yes to one without check-ins: 2 active members, 1 of them rsvp_only. In September Ada
writes on Slack and on GitHub, where her account is known to be hers, and Bo does, where his is only
suggested: 3 active members, low 2, high 4.
"""
caveats = """
Not everybody who says yes comes: where many are active by that alone, the number is too high.
Reading leaves no trace, so people who only read are not seen. The last period is unfinished until
the data covers its end.
"""
unit = "people"
page = "engagement"
version = 3
good = "up"
people = "select person_key, participations as activities from member_periods where period = $period"
records = "from activities where is_participation and period = $period"

[columns]
period = "First day of the period"
active_members = "Persons with a participation in the period"
is_complete = "The period is over and the data covers it"
rsvp_only = "Those of the active members of whom only a yes to an event without check-ins tells"
low = "How many they were if every open suggestion of who is who were true"
high = "How many they were if no account were joined to another"
*/
with active as (
    select
        period
        , count(*) as active_members
        , count(*) filter (participations = rsvp_participations) as rsvp_only
    from member_periods
    semi join chosen_periods using (period)
    group by period
)

select
    chosen_periods.period
    , coalesce(active.active_members, 0) as active_members
    , chosen_periods.is_complete
    , coalesce(active.rsvp_only, 0) as rsvp_only
    , coalesce(active.active_members, 0) - coalesce(uncertain.fewer, 0) as low
    , coalesce(active.active_members, 0) + coalesce(uncertain.more, 0) as high
from chosen_periods
left join active using (period)
left join uncertain_periods as uncertain using (period)
order by chosen_periods.period
