/*
title = "From the conversation to events"
question = "Do people who take part online come to events?"
definition = """
Counts the persons with a participation in the period on a source other than those of the events,
and those of them who were at an event in the same period. share_of_attendees is the share of the
period's attendees who took part online in it. The numbers are unknown where no account of an event
is known to belong to a person with an account elsewhere. low, high: 95 % interval of share
(Wilson).
"""
example = """
In May Ada, Bo and Cem write on Slack; Ada and Dee are at an event. active_online 3, came 1, share 0.33,
share_of_attendees 0.5.
"""
caveats = """
Accounts on two sources count as one person only where they are known to be one person's. Until then
they count as two persons, and the shares are too low. People who live far from every group cannot
come to most events.
"""
unit = "share"
page = "events"
version = 1
good = "up"
people = """
select
    online_member_periods.person_key
    , online_member_periods.participations as activities
    , if(event_visits.person_key is null, 'did not come', 'came') as state
from online_member_periods
left join (select distinct period, person_key from event_visits) as event_visits
    using (period, person_key)
where online_member_periods.period = $period
"""
records = "from activities where kind = 'attended' and period = $period"

[columns]
period = "First day of the period"
active_online = "Persons with a participation online in the period; null: no chosen source could tell"
came = "Those of them who were at an event in the period"
share = "came / active_online"
share_of_attendees = "came / attendees"
attendees = "All persons who were at an event in the period"
low = "Lower end of the 95 % interval of share"
high = "Upper end of the 95 % interval of share"
is_complete = "The period is over and the data covers it"

[shares]
share = "active_online"
share_of_attendees = "attendees"
*/
with seen as (
    select period, person_key, true as is_online, false as has_come
    from online_member_periods
    union all
    select distinct period, person_key, false, true
    from event_visits
)

, persons as (
    select period, bool_or(is_online) as is_online, bool_or(has_come) as has_come
    from seen
    group by period, person_key
)

, counted as (
    select
        period
        , count(*) filter (is_online) as online
        , count(*) filter (is_online and has_come) as came
        , count(*) filter (has_come) as attendees
    from persons
    group by period
)

, known as (
    select
        event_periods.period
        , case when exists (from event_links) then coalesce(counted.online, 0) end as online
        , case when exists (from event_links) then coalesce(counted.came, 0) end as came
        , coalesce(counted.attendees, 0) as attendees
        , event_periods.is_complete
    from event_periods
    left join counted using (period)
)

select
    period
    , online as active_online
    , came
    , came / nullif(online, 0) as share
    , came / nullif(attendees, 0) as share_of_attendees
    , attendees
    , share_low(came, online) as low
    , share_high(came, online) as high
    , is_complete
from known
order by period
