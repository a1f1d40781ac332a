/*
grain = "One row per event on the chosen sources that was not cancelled, since a year before the chosen time or before the end of the data, whichever is earlier."

[columns]
event_id = "The event"
yes = "Who said yes, whatever came of it; null: not known, and so everywhere below"
no = "Who said no"
waitlist = "Who waits for a place"
interested = "Who is interested"
guests = "Guests of those who said yes"
attended = "Who was there; null before it began, and where nobody was asked"
attended_yes = "Who was there and had said yes; null unless checked in by name"
walk_ins = "Who was there without a yes; null unless checked in by name"
persons = "Who was there and is a known person; null where only counts are known"
first_timers = "Persons whose first event ever it was; null where only counts are known"
*/
with beginning as (
    select least(getvariable('start'), data_date) - 360 as date
    from data_range
)

, answered as (
    select
        event_id
        , count(*) filter (rsvp = 'yes') as yes
        , count(*) filter (rsvp = 'no') as no
        , count(*) filter (rsvp = 'waitlist') as waitlist
        , count(*) filter (rsvp = 'interested') as interested
        , coalesce(sum(guests) filter (rsvp = 'yes'), 0)::bigint as guests
        , count(*) filter (has_come) as attended
        , count(*) filter (has_come and rsvp = 'yes') as attended_yes
        , count(person_key) filter (has_come) as persons
    from event_attendances
    where date >= (select date from beginning)
    group by event_id
)

, counted as (
    select
        events.*
        , answered.* exclude (event_id)
        , firsts.first_timers
        , events.is_listed and events.attendance_basis = 'checked_in' as is_checked_by_name
        , events.is_listed and events.attendance_basis is not null as is_named
    from events
    left join answered using (event_id)
    left join (select event_key, count(*) as first_timers from first_visits group by event_key) as firsts
        using (event_key)
    where events.date >= (select date from beginning)
)

select
    event_id
    , if(is_listed, coalesce(yes, 0), stated_yes) as yes
    , if(is_listed, coalesce(no, 0), stated_no) as no
    , if(is_listed, coalesce(waitlist, 0), stated_waitlist) as waitlist
    , coalesce(nullif(interested, 0), stated_interested) as interested
    , if(is_listed, coalesce(guests, 0), stated_guests) as guests
    , case
        when is_named then coalesce(attended, 0)
        when attendance_basis = 'checked_in' then stated_attended
        when attendance_basis = 'rsvp' then stated_yes
    end as attended
    , case when is_checked_by_name then coalesce(attended_yes, 0) end as attended_yes
    , case when is_checked_by_name then coalesce(attended - attended_yes, 0) end as walk_ins
    , case when is_named then coalesce(persons, 0) end as persons
    , case when is_named then coalesce(first_timers, 0) end as first_timers
from counted
