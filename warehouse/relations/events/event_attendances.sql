/*
grain = "One row per event on the chosen sources and person with an RSVP or a check-in; one per attendee whose account is not known."

[columns]
event_id = "The event"
date = "Date of its start in the community's time zone"
person_key = "The person; null: nobody known"
rsvp = "yes, no, waitlist, interested or none"
check_in = "attended, no_show or excused; null: there is none"
guests = "How many guests the person brings"
yes_from = "Since when the person says or said yes, UTC; -infinity: not known; null: never"
yes_until = "When the person took the yes back, UTC; null: it stands, or was never"
has_come = "The person was there; null: not known"
*/
select
    attendances.event_id
    , attendances.date
    , authors.person_key
    , attendances.rsvp
    , attendances.check_in
    , attendances.guests
    , attendances.yes_from
    , attendances.yes_until
    , attendances.has_come
from marts.attendances
join authors using (account_key)
where not authors.has_several_accounts
union all
select
    attendances.event_id
    , any_value(attendances.date)
    , authors.person_key
    , arg_min(rsvp, list_position(['yes', 'waitlist', 'no', 'interested', 'none'], rsvp))
    , min(check_in)
    , max(guests)
    , min(yes_from)
    , case when not bool_or(rsvp = 'yes') then max(yes_until) end
    , case when bool_or(has_come) then true when count(has_come) = count(*) then false end
from marts.attendances
join authors using (account_key)
where authors.has_several_accounts
group by attendances.event_id, authors.person_key
union all
select event_id, date, null, rsvp, check_in, guests, yes_from, yes_until, has_come
from marts.attendances
join sources using (source)
where account_id is null
