/*
title = "When people are here"
question = "On which weekdays and at which hours do people take part?"
definition = """
Counts the participations in the chosen time by weekday and hour in the community's time zone, and
the persons who made them. All 168 hours of a week have a row.
"""
example = """
Ada writes on two Mondays at 09:10 and 09:50, Bo on one Monday at 09:30: weekday 1, hour 9 has 3
participations and 2 members. Where the community lives in Lagos, 23:30 UTC on Sunday is hour 0 on Monday.
"""
caveats = "People in other time zones are shown in the community's time zone, not in their own."
unit = "participations"
page = "engagement"
version = 1
good = "neutral"
records = """
from activities where is_participation and is_chosen and isodow(date) = $weekday and hour = $hour
"""

[columns]
weekday = "1 is Monday, 7 is Sunday"
hour = "0 to 23"
participations = "Participations that began in the hour"
members = "Persons who made them"
*/
with counted as (
    select
        isodow(date) as weekday
        , hour
        , count(*) as participations
        , count(distinct person_key) as members
    from activities
    where is_participation and date >= getvariable('start') and is_chosen
    group by all
)

select
    weekdays.weekday
    , hours.hour
    , coalesce(counted.participations, 0) as participations
    , coalesce(counted.members, 0) as members
from range(1, 8) as weekdays (weekday)
cross join range(24) as hours (hour)
left join counted using (weekday, hour)
order by weekdays.weekday, hours.hour
