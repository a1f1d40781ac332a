-- What is compared of each candidate, but for its habits; `done` changes whenever these may have.
create or replace temp table outlines as
with wanted as (
    select *, md5_number_lower(account_id) as account_key
    from spelt
    where account_id in (
        select account_a from candidates union all select account_b from candidates
    )
)

, acts as (
    select
        account_key
        , min(occurred_at)::date as acted
        , count(*) || ' ' || bit_xor(activity_key) || ' ' || sum(epoch(occurred_at)::bigint) as done
    from facts.activities
    where account_key in (select account_key from wanted)
    group by account_key
)

, arrivals as (
    select account_id, min(day) as arrived
    from (
        select account_id, least(stated_joined_at, profile_joined_at)::date as day
        from facts.accounts
        union all
        select account_id, joined_at::date
        from facts.joins
    )
    group by account_id
)

, visits as (
    select distinct
        attendances.account_id
        , epoch(events.starts_at)::bigint as starts
        , events.utc_offset_minutes
    from facts.attendances
    join facts.events
        on attendances.event_id in (events.event_id, events.also_id)
    where
        attendances.account_id in (select account_id from wanted)
        and (
            coalesce(attendances.rsvp, '') in ('yes', 'interested')
            or attendances.check_in = 'attended'
        )
)

, gatherings as (
    select
        account_id
        , list_sort(list(distinct starts)) as events
        , mode(utc_offset_minutes order by utc_offset_minutes)::integer as events_offset_minutes
    from visits
    group by account_id
)

, dated as (
    select
        wanted.*
        , coalesce(arrivals.arrived, acts.acted) - date '2000-01-01' as arrived
        , acts.done
    from wanted
    left join arrivals using (account_id)
    left join acts using (account_key)
)

-- How long the community has lived in days, and how many come a day: to the next power of 2, so
-- that it seldom changes. On a busy day it says little that two came on the same one.
, crowd as (
    select
        2 ** round(log2(greatest(max(arrived) - min(arrived), 1))) as span
        , 2 ** round(
            log2(greatest(count(*), 1) / greatest(max(arrived) - min(arrived), 1))
        ) as a_day
    from dated
    where arrived is not null
)

select
    dated.account_id
    , dated.account_key
    , nullif(dated.full_name, '') as full_name
    , nullif(dated.squashed, '') as squashed
    , dated.skeleton
    -- One, few, or many of its platform have this name: in few steps, so that they seldom change.
    , case when namesakes = 1 then 1 when namesakes < 5 then 2 else 3 end as namesakes
    , case when with_initial = 1 then 1 when with_initial < 5 then 2 else 3 end as with_initial
    , array_to_string(dated.words, ' ') as shown
    , len(dated.words) as amount
    , dated.words[1] as first
    , dated.words[-1] as last
    , dated.words[1][1] as first_initial
    , dated.words[-1][1] as initial
    , dated.handle
    , dated.handle_words[1] as handle_word
    , dated.handle_key
    , dated.stem
    , dated.timezone
    , dated.place
    , dated.arrived
    , dated.done
    , crowd.span
    , crowd.a_day
    , gatherings.events
    , gatherings.events_offset_minutes
from dated
cross join crowd
left join gatherings using (account_id)
