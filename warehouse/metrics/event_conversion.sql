/*
title = "From events to the conversation"
question = "Do people who come to events take part online afterwards?"
definition = """
Counts the persons who were at an event in the period, and those of them with a participation other
than being at an event within 30 days (of 24 hours each) after one of the period's events.
comparison_share is the same share among the persons who joined a source in the period and were
never at an event, within 30 days after joining. At an event where nobody was checked in, a yes
counts as having come. The share is unknown until the data covers the 30
days after the period's end, and where no account of an event is known to belong to a person with an
account elsewhere. low, high: 95 % interval of share (Wilson).
"""
example = """
Ada, Bo and Cem are at an event on 5 May. Ada writes on 20 May, Bo on 20 June, Cem never. Dee and Eve join on 6
May and never come; Dee writes on 7 May. attendees 3, active_online_30d 1, share 0.33, comparison_share 0.5.
"""
caveats = """
The event need not be the cause: people who take part anyway come to events as well, and count here.
Accounts on two sources count as one person only where they are known to be one person's; until then
the share is too low. Not everybody who says yes comes.
"""
unit = "share"
page = "events"
version = 1
good = "up"
people = """
select
    person_key
    , is_active::bigint as activities
    , if(is_active, 'active online', 'not seen online') as state
from event_followers
where has_come and period = $period
"""
records = """
select activities.*
from activities
join event_visits using (person_key)
where
    event_visits.period = $period
    and activities.is_participation
    and activities.kind <> 'attended'
    and is_in_30_days_after(activities.occurred_at, event_visits.starts_at)
group by all
"""

[columns]
period = "First day of the period"
attendees = "Persons who were at an event in the period"
active_online_30d = "Those with another participation within 30 days; null: not over yet, or not known"
share = "active_online_30d / attendees"
comparison_share = "The same share among persons who joined in the period and never came; null without one"
low = "Lower end of the 95 % interval of share"
high = "Upper end of the 95 % interval of share"
comparison_persons = "Persons who joined in the period and never came"
is_complete = "The period is over and the data covers it"

[shares]
share = "attendees"
comparison_share = "comparison_persons"
*/
with counted as (
    select
        period
        , count(*) filter (has_come) as attendees
        , count(*) filter (has_come and is_active) as active
        , count(*) filter (not has_come) as newcomers
        , count(*) filter (not has_come and is_active) as active_newcomers
    from event_followers
    group by period
)

, known as (
    select
        event_periods.period
        , coalesce(counted.attendees, 0) as attendees
        , coalesce(counted.newcomers, 0) as newcomers
        , case when is_over then coalesce(counted.active, 0) end as active
        , case when is_over then coalesce(counted.active_newcomers, 0) end as active_newcomers
        , event_periods.is_complete
    from (
        select
            event_periods.*
            , coalesce(ends_at + interval 30 days <= known_to, false)
                and exists (from event_links) as is_over
        from event_periods
    ) as event_periods
    left join counted using (period)
)

select
    period
    , attendees
    , active as active_online_30d
    , active / nullif(attendees, 0) as share
    , active_newcomers / nullif(newcomers, 0) as comparison_share
    , share_low(active, attendees) as low
    , share_high(active, attendees) as high
    , newcomers as comparison_persons
    , is_complete
from known
order by period
