/*
grain = "One row per sponsorship and event on the chosen sources that took place in its time and that it is for."

[columns]
number = "The sponsorship"
event_id = "The event"
is_measured = "Somebody was checked in there"
stated_attended = "Who was there by the platform's own total, where it does not say who; else null"
*/
select
    sponsored.number
    , events.event_id
    , coalesce(events.attendance_basis = 'checked_in', false) as is_measured
    , if(events.is_listed, null, events.stated_attended) as stated_attended
from marts.sponsored_events as sponsored
join events using (event_key)
join sponsorships using (number)
