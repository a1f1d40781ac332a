/*
grain = "One row per event and account with an RSVP or a check-in, and per attendee whose account is not known."
unique = ["event_key", "account_key", "anonymous_id"]
not_null = ["event_key", "event_id", "source", "rsvp", "guests"]
refresh_by = "event"

[columns]
event_key = "A number that stands for event_id"
event_id = "The event"
source = "Name of its source"
account_id = "The account; null: not known"
account_key = "A number that stands for account_id"
anonymous_id = "Tells attendees apart whose account is not known; null: it is known"
rsvp = "yes, no, waitlist, interested or none"
check_in = "attended, no_show or excused; null: there is none"
guests = "How many guests it brings"
yes_from = "Since when it says or said yes, UTC; -infinity: not known; null: never"
yes_until = "When it took the yes back, UTC; null: it stands, or was never"
starts_at = "When the event begins, UTC"
date = "Local date of that"
has_come = "It was there; null: not known"
*/
with reported as (
    select
        attendances.* exclude (event_id)
        , coalesce(event_ids.event_id, attendances.event_id) as event_id
        , not attendances.is_from_file as is_own
        , if(attendances.account_id is null, attendances.attendance_id, null) as anonymous_id
    from facts.attendances
    left join marts.event_ids on event_ids.also_id = attendances.event_id
    where coalesce(event_ids.event_id, attendances.event_id) in (select event_id from changed_events)
)

-- A person that a file has without an id is on the platform's own list of attendees with one.
, known as (
    select *
    from reported
    where account_id is not null or is_own or event_id not in (
        select event_id from reported where is_own and check_in = 'attended'
    )
)

-- Of an account's rows the platform's own go first, then the newest RSVP.
, resolved as (
    select
        source
        , event_id
        , account_id
        , anonymous_id
        , first(rsvp order by is_own desc, rsvp_at desc nulls last, record_id desc)
            filter (superseded_at is null and rsvp <> 'none') as current_rsvp
        , first(rsvp order by is_own desc, superseded_at desc, record_id desc)
            filter (superseded_at is not null and rsvp is not null) as past_rsvp
        , first(check_in order by is_own desc, check_in, record_id desc)
            filter (superseded_at is null and check_in is not null) as check_in
        , first(guests order by is_own desc, rsvp_at desc nulls last, record_id desc)
            filter (superseded_at is null) as guests
        , min(coalesce(rsvp_at, '-infinity')) filter (rsvp = 'yes') as yes_from
        , max(superseded_at) filter (rsvp = 'yes') as yes_until
        , coalesce(bool_or(rsvp = 'none'), false) and not bool_or(is_own and rsvp is null)
            as has_no_rsvp
    from known
    group by source, event_id, account_id, anonymous_id
)

-- That there is no RSVP, as a list kept at the door has it, goes last. A check-in without any
-- RSVP overwrote a yes: nobody else can be checked in there.
, settled as (
    select
        *
        , coalesce(
            current_rsvp
            , case when check_in is not null then past_rsvp end
            , case when has_no_rsvp then 'none' end
            , case when check_in is not null then if(account_id is null, 'none', 'yes') end
        ) as rsvp
    from resolved
)

select
    events.event_key
    , settled.event_id
    , settled.source
    , settled.account_id
    , md5_number_lower(settled.account_id) as account_key
    , settled.anonymous_id
    , settled.rsvp
    , settled.check_in
    , coalesce(settled.guests, 0) as guests
    , if(settled.rsvp = 'yes', coalesce(yes_from, '-infinity'), yes_from) as yes_from
    , case when settled.rsvp <> 'yes' then yes_until end as yes_until
    , events.starts_at
    , events.date
    , case
        when not events.took_place then null
        when settled.check_in = 'attended' then true
        when settled.check_in is not null then false
        when settled.rsvp = 'yes' and settled.event_id not in (
            select event_id from settled where check_in in ('attended', 'no_show')
        ) then true
        when settled.rsvp in ('no', 'waitlist') then false
    end as has_come
from settled
join marts.events using (event_id)
where settled.rsvp is not null
order by events.starts_at, settled.event_id
