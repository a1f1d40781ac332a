/*
title = "Reach by source"
question = "How many people does each source reach?"
definition = """
The numbers of the metric reach for each chosen source by itself. A person with accounts on two sources
counts on both, so that the rows of a quarter are more than its reach. A source has a row for every
quarter from its own first to the end of the data.
"""
example = """
In January Ada writes on Slack and opens an issue on GitHub, where her account is known to be hers, and Bo
adds a reaction on Slack: Slack reached 2, active 1; GitHub reached 1, active 1.
"""
caveats = """
Never add the sources up: people who are on several would count several times. The metric reach counts
them once.
"""
unit = "people"
page = "sponsors"
version = 1
good = "up"
grain = "quarter"
people = """
select person_key, count(*) as activities
from reached_accounts where period = $period and source = $source group by person_key
"""
records = "from activities where period = $period and source = $source"

[columns]
period = "First day of the quarter"
source = "Name of the source"
audience = "Persons on its member list at the end; null: none was ever seen"
reached = "Persons with any activity or attendance of any kind on it"
active = "Persons with a participation on it"
attendees = "Persons who were at one of its events; null: not known of any"
is_complete = "The quarter is over and the data of all chosen sources covers it"
*/
with reached as (
    select source, period, count(distinct person_key) as reached
    from reached_accounts
    group by source, period
)

, active as (
    select source, period, count(*) as active
    from active_sources
    group by source, period
)

, named as (
    select events.source, events.period, count(counts.persons) as named_events
    from event_counts as counts
    join events using (event_id)
    where events.took_place
    group by events.source, events.period
)

, visited as (
    select events.source, visits.period, count(distinct visits.person_key) as attendees
    from event_visits as visits
    join events using (event_id)
    group by events.source, visits.period
)

, listed as (
    select memberships.source, periods.period, count(*) as audience
    from source_memberships as memberships
    join reach_periods as periods
        on memberships.counted_date < periods.next_period
        and coalesce(memberships.left_date >= periods.next_period, true)
    group by memberships.source, periods.period
)

, firsts as (
    select source, min(period) as first_period
    from (
        select source, period from reached
        union all
        select source, period from listed
    )
    group by source
)

select
    periods.period
    , firsts.source
    , if(
        firsts.source in (select source from source_memberships), coalesce(listed.audience, 0), null
    ) as audience
    , coalesce(reached.reached, 0) as reached
    , coalesce(active.active, 0) as active
    , case
        when firsts.source not in (select source from events where took_place) then null
        when named.named_events is null then 0
        when named.named_events > 0 then coalesce(visited.attendees, 0)
    end as attendees
    , periods.is_complete
from firsts
join reach_periods as periods on periods.period >= firsts.first_period
left join reached using (source, period)
left join active using (source, period)
left join named using (source, period)
left join visited using (source, period)
left join listed using (source, period)
where periods.is_chosen
order by periods.period, firsts.source
