/*
title = "Concentration"
question = "How much depends on a few people?"
definition = """
top10_share: the participations of the ten most active persons of the period / all participations.
absence_factor: the smallest number of persons who together made at least half of the participations
(the CHAOSS Contributor Absence Factor).
"""
example = """
Eight persons with 1000, 433, 343, 332, 202, 90, 42 and 33 participations make 2475; half is 1237.5, and
the first two make 1433: the absence factor is 2. With eight persons top10_share is 1.
"""
caveats = "A period with few members is always concentrated: compare the number of members."
unit = "share"
page = "engagement"
version = 1
good = "down"
people = "select person_key, participations as activities from member_periods where period = $period"
records = "from activities where is_participation and period = $period"

[columns]
period = "First day of the period"
members = "Persons with a participation in the period"
activities = "Their participations"
top10_share = "Participations of the ten most active / all; null without any"
absence_factor = "Smallest number of persons who make at least half; null without any"
is_complete = "The period is over and the data covers it"

[shares]
top10_share = "activities"
*/
select
    chosen_periods.period
    , coalesce(measured.persons, 0) as members
    , coalesce(measured.total, 0) as activities
    , measured.top10_share
    , measured.absence_factor
    , chosen_periods.is_complete
from chosen_periods
left join concentrations as measured
    on measured.period = chosen_periods.period and measured.measure = 'participations'
order by chosen_periods.period
