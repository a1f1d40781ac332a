/*
grain = "One row per event: how its attendance is known."
unique = ["event_key"]
not_null = ["event_key", "is_listed"]
refresh_by = "event"

[columns]
event_key = "The event, as a number"
is_listed = "It is known who gave an RSVP, or who came, account by account"
attendance_basis = "checked_in: somebody was checked in; rsvp: nobody was, so that a yes stands for it; null: it did not take place, or nobody was asked"
*/
with listed as (
    select
        event_key
        , bool_or(rsvp <> 'interested' or check_in is not null) as is_listed
        , bool_or(coalesce(check_in in ('attended', 'no_show'), false)) as is_checked_in
    from marts.attendances
    where event_key in (select event_key from changed_events)
    group by event_key
)

select
    events.event_key
    , coalesce(listed.is_listed, false) as is_listed
    , case
        when not events.took_place then null
        when listed.is_checked_in then 'checked_in'
        when listed.is_listed then 'rsvp'
        when coalesce(stated_attended, 0) + coalesce(stated_no_show, 0) > 0 then 'checked_in'
        when stated_yes is not null then 'rsvp'
    end as attendance_basis
from marts.events
left join listed using (event_key)
where events.event_key in (select event_key from changed_events)
