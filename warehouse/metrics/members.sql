/*
title = "Members"
question = "How many people are here, how many join and how many leave?"
definition = """
Counts from the platforms' own member lists. joined: the persons who joined in the period, by the
platform's own date where it gives one. On Slack that is the entry into the general channel, else
the start date in the profile; without either it is the first participation, else the first list
that shows the person after the source's first list. left: the persons who left or were deactivated.
members_total: the persons on the list at the period's end; those whose joining is unknown count
from the source's first list on. All three are unknown where no list was ever seen: on GitHub, which
has none, and after an import of messages alone.
"""
example = """
Ada joins in May, Bo in June; Cem was there at the first list in June and nobody knows since when. Bo is
deactivated in July. joined: 1, 1, 0. left: 0, 0, 1. members_total: 1, 3, 2.
"""
caveats = """
Before a source's first list members_total holds only persons whose joining is known, and is too
low. Slack does not say when somebody was deactivated: the date is when we first see it. People who
took part but are on no list are not counted here; people on GitHub never are.
"""
unit = "people"
page = "overview"
version = 1
good = "up"
people = """
select memberships.person_key, 0::bigint as activities, 'joined' as state
from memberships
where period_of(joined_date) = $period
union all
select person_key, 0, 'left'
from memberships
where period_of(left_date) = $period
"""
records = """
select activities.*
from activities
join memberships using (person_key)
where
    activities.is_participation
    and activities.period = $period
    and period_of(memberships.joined_date) = $period
"""

[columns]
period = "First day of the period"
joined = "Persons who joined in the period; null: no list was ever seen"
left = "Persons who left in the period; null: no list was ever seen"
members_total = "Persons on the member lists at the period's end; null: no list was ever seen"
is_complete = "The period is over and the data covers it"
*/
with listed as (
    from memberships
)

, changes as (
    select period_of(joined_date) as period, 1 as joined, 0 as gone, 0 as change
    from listed
    where joined_date is not null
    union all
    select period_of(left_date), 0, 1, -1
    from listed
    where left_date is not null
    union all
    select period_of(counted_date), 0, 0, 1
    from listed
)

, counted as (
    select period, sum(joined) as joined, sum(gone) as gone, sum(change) as change
    from changes
    group by period
)

, summed as (
    select
        calendar.period
        , coalesce(counted.joined, 0)::bigint as joined
        , coalesce(counted.gone, 0)::bigint as gone
        , coalesce(sum(counted.change) over (order by calendar.period), 0)::bigint as members_total
    from calendar
    left join counted using (period)
)

select
    membership_periods.period
    , if(exists (from listed), summed.joined, null) as joined
    , if(exists (from listed), summed.gone, null) as "left"
    , if(exists (from listed), summed.members_total, null) as members_total
    , membership_periods.is_complete
from membership_periods
join summed using (period)
order by membership_periods.period
