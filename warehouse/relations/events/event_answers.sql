/*
grain = "One row per event on the chosen sources and person that answered or was marked there; one per walk-in whom no id tells."

[columns]
event_id = "The event"
date = "Date of its start in the community's time zone"
person_key = "The person; null: nobody known"
answer = "yes, no, waitlist, interested or none"
mark = "attended, no_show or excused; null: there is none"
guests = "How many guests the person brings"
yes_from = "Since when the person says or said yes, UTC; -infinity: not known; null: never"
yes_until = "When the person took the yes back, UTC; null: it stands, or was never"
has_come = "The person was there; null: not known"
*/
select
    presences.event_id
    , presences.date
    , authors.person_key
    , presences.answer
    , presences.mark
    , presences.guests
    , presences.yes_from
    , presences.yes_until
    , presences.has_come
from facts.presences
join authors using (account_key)
where not authors.has_several_accounts
union all
select
    presences.event_id
    , any_value(presences.date)
    , authors.person_key
    , arg_min(answer, list_position(['yes', 'waitlist', 'no', 'interested', 'none'], answer))
    , min(mark)
    , max(guests)
    , min(yes_from)
    , case when not bool_or(answer = 'yes') then max(yes_until) end
    , case when bool_or(has_come) then true when count(has_come) = count(*) then false end
from facts.presences
join authors using (account_key)
where authors.has_several_accounts
group by presences.event_id, authors.person_key
union all
select event_id, date, null, answer, mark, guests, yes_from, yes_until, has_come
from facts.presences
join sources using (source)
where account_id is null
