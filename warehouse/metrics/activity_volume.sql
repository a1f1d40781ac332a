/*
title = "Activity by kind"
question = "What do people do, and how much of it?"
definition = """
Counts the activities of each kind in the period, and the persons who did them. Reactions are
counted here and have the date of the message that they belong to; they make nobody active. A commit
with co-authors is one commit of several persons. Every kind that occurs in the chosen time has a row in
every period of it.
"""
example = """
In May Ada writes twice, Bo answers once and reacts to one message: message 2 activities, 1 member; reply
1 and 1; reaction 1 and 1.
"""
caveats = """
A person who does several kinds of activity counts in each: do not add up members over kinds.
Discord tells how many reactions a message has and, unless `reactors` is set, not whose: these are
counted, bots' and staff's included, without records or members.
"""
unit = "activities"
page = "engagement"
version = 2
good = "up"
records = "from activities where period = $period and source = $source and kind = $kind"

[columns]
period = "First day of the period"
source = "Name of the source"
kind = "Kind of activity"
activities = "Activities of the kind in the period"
members = "Persons who did them; null: not all of them are known"
is_complete = "The period is over and the data covers it"

[totals]
activities = "sum(activities)::bigint"
share = "sum(activities) / nullif(sum(sum(activities)) over (), 0)"
*/
with named as (
    select
        period
        , source
        , kind
        , count(*) filter (kind <> 'commit')
        + count(distinct (channel_key, coalesce(ref, activity_id))) filter (kind = 'commit')
            as amount
        , count(distinct person_key) as members
    from activities
    where date >= period_of(getvariable('start')) and period in (select period from chosen_periods)
    group by all
)

, counted as (
    select
        period
        , source
        , kind
        , coalesce(named.amount, 0) + coalesce(unnamed.amount, 0) as activities
        , if(coalesce(unnamed.amount, 0) = 0, named.members, null) as members
    from named
    full join (
        from unnamed_activities where period in (select period from chosen_periods)
    ) as unnamed using (period, source, kind)
)

select
    chosen_periods.period
    , seen.source
    , seen.kind
    , coalesce(counted.activities, 0) as activities
    , if(counted.kind is null, 0, counted.members) as members
    , chosen_periods.is_complete
from chosen_periods
cross join (select distinct source, kind from counted) as seen
left join counted
    on counted.period = chosen_periods.period
    and counted.source = seen.source
    and counted.kind = seen.kind
order by chosen_periods.period, seen.source, seen.kind
