/*
title = "Reach"
question = "How many different people did the community reach in the quarter?"
definition = """
Counts each person once, on whatever number of the chosen sources. audience: the persons on any member
list at the end of the quarter. reached: the persons with any activity of any kind in the quarter, a
reaction, a star or a joining as well, or on the list of an event that took place in it, with whatever
answer. active: those with a participation: see the metric active_members. attendees: the persons who
were at one of its events: see event_trend. new_people: the persons reached for the first time ever.
countries: how many countries the persons reached are from, as far as they are known: the country of
the group whose list a person is on, of several the one with the most events. change_reached: reached
against the quarter before, as a share of that one. Bots and staff are not counted.
"""
example = """
From January to March 2024 Ada writes on Slack, Bo adds a reaction there, and Cem says no to an event
at which Ada is. In April Ada writes, on Slack and on GitHub, and nothing tells that both accounts
are hers. January: reached 3, active 1, attendees 1, new_people 3. April: reached 2, reached_high 2;
reached_low 1 where it is suggested that both are hers.
"""
caveats = """
Reading leaves no trace: people who only read are in the audience alone. Accounts on two sources count
as one person only where they are known to be one person's, so that reached may be too high:
reached_low says how low it could be, if every suggestion that is at least 10% likely were true. In the first quarter that the data covers everybody is new.
"""
unit = "people"
page = "sponsors"
version = 1
good = "up"
grain = "quarter"
people = """
select person_key, count(*) as activities
from reached_accounts where period = $period group by person_key
"""
records = "from activities where period = $period"

[columns]
period = "First day of the quarter"
audience = "Persons on a member list at its end; null: no list was ever seen"
reached = "Persons with any activity or attendance of any kind"
reached_low = "How many they were if every open suggestion of who is who were true"
reached_high = "How many they were if no account were joined to another"
active = "Persons with a participation"
attendees = "Persons who were at an event; null: not known of any"
events = "Events that took place; null: no chosen source has any"
new_people = "Persons reached for the first time ever"
countries = "Countries that the persons reached are known to be from; null: known of nobody"
change_reached = "Change of reached against the quarter before, as a share; null: one of them is not whole, or there was nobody"
is_complete = "The quarter is over and the data covers it"
*/
with reached as (
    select
        accounts.period
        , count(distinct accounts.person_key) as reached
        , count(distinct coalesce(uncertain.suggested_person_key, accounts.person_key)) as reached_low
        , count(*) as reached_high
        , nullif(count(distinct places.country), 0) as countries
    from reached_accounts as accounts
    left join uncertain_accounts as uncertain using (account_key)
    left join person_places as places on places.person_key = accounts.person_key
    group by accounts.period
)

, firsts as (
    select period, count(*) as new_people
    from (select min(period) as period from reached_accounts group by person_key)
    group by period
)

, active as (
    select period, count(*) as active
    from member_periods
    group by period
)

, held as (
    select period, count(*) as events
    from events
    where took_place
    group by period
)

, visited as (
    select period, count(distinct person_key) as attendees
    from event_visits
    group by period
)

, named as (
    select events.period, count(counts.persons) as named_events
    from event_counts as counts
    join events using (event_id)
    where events.took_place
    group by events.period
)

, listed as (
    select periods.period, count(*) as audience
    from reach_periods as periods
    join memberships
        on memberships.counted_date < periods.next_period
        and coalesce(memberships.left_date >= periods.next_period, true)
    group by periods.period
)

, counted as (
    select
        periods.period
        , periods.is_chosen
        , periods.is_complete
        , coalesce(reached.reached, 0) as reached
        , coalesce(reached.reached_low, 0) as reached_low
        , coalesce(reached.reached_high, 0) as reached_high
        , reached.countries
        , lag(reached.reached) over (order by periods.period) as before
        , lag(periods.is_complete) over (order by periods.period) as is_complete_before
    from reach_periods as periods
    left join reached using (period)
)

select
    counted.period
    , if(exists (from memberships), coalesce(listed.audience, 0), null) as audience
    , counted.reached
    , counted.reached_low
    , counted.reached_high
    , coalesce(active.active, 0) as active
    , case
        when not exists (from events where took_place) then null
        when held.events is null then 0
        when named.named_events > 0 then coalesce(visited.attendees, 0)
    end as attendees
    , if(exists (from events where took_place), coalesce(held.events, 0), null) as events
    , coalesce(firsts.new_people, 0) as new_people
    , counted.countries
    , case
        when counted.is_complete and counted.is_complete_before
        then counted.reached / nullif(counted.before, 0) - 1
    end as change_reached
    , counted.is_complete
from counted
left join listed using (period)
left join active using (period)
left join held using (period)
left join visited using (period)
left join named using (period)
left join firsts using (period)
where counted.is_chosen
order by counted.period
