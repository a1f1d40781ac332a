/*
title = "Activity by kind"
question = "What do people do, and how much of it?"
definition = """
Counts the activities of each kind in the period, and the persons who did them. Reactions are
counted here and have the date of the message that they belong to; they make nobody active. Every
kind that occurs in the chosen time has a row in every period of it.
"""
example = """
In May Ada writes twice, Bo answers once and reacts to one message: message 2 activities, 1 member; reply
1 and 1; reaction 1 and 1.
"""
caveats = """
A person who does several kinds of activity counts in each: do not add up members over kinds.
"""
unit = "activities"
page = "engagement"
version = 1
good = "up"
records = "from activities where period = $period and source = $source and kind = $kind"

[columns]
period = "First day of the period"
source = "Name of the source"
kind = "Kind of activity"
activities = "Activities of the kind in the period"
members = "Persons who did them"
is_complete = "The period is over and the data covers it"

[totals]
activities = "sum(activities)::bigint"
share = "sum(activities) / nullif(sum(sum(activities)) over (), 0)"
*/
with counted as (
    select period, source, kind, count(*) as activities, count(distinct person_key) as members
    from activities
    where date >= period_of(getvariable('start')) and period in (select period from chosen_periods)
    group by all
)

select
    chosen_periods.period
    , seen.source
    , seen.kind
    , coalesce(counted.activities, 0) as activities
    , coalesce(counted.members, 0) as members
    , chosen_periods.is_complete
from chosen_periods
cross join (select distinct source, kind from counted) as seen
left join counted using (period, source, kind)
order by chosen_periods.period, seen.source, seen.kind
