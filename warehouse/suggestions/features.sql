-- What is compared of each account that is a candidate. Times are UTC.
create or replace temp table features as
with wanted as (
    select *, md5_number_lower(account_id) as account_key
    from spelt
    where account_id in (
        select account_a from candidates union all select account_b from candidates
    )
)

, acts as (
    select account_key, occurred_at
    from facts.activities
    where account_key in (select account_key from wanted)
)

-- Hours lie on a circle: their mean is the direction of their sum. Whole numbers are summed, for
-- the sum of fractions depends on their order.
, hours as (
    select
        account_key
        , sum(round(1000 * sin(radians(15 * hour(occurred_at))))::bigint) as east
        , sum(round(1000 * cos(radians(15 * hour(occurred_at))))::bigint) as north
        , 1000 * count(*) as amount
    from acts
    group by account_key
    having count(*) >= $few
)

, arrivals as (
    select account_key, min(day) as arrived
    from (
        select md5_number_lower(account_id) as account_key
            , least(stated_joined_at, profile_joined_at)::date as day
        from facts.accounts
        union all
        select md5_number_lower(account_id), joined_at::date
        from facts.joins
    )
    where account_key in (select account_key from wanted)
    group by account_key
)

, firsts as (
    select account_key, min(occurred_at)::date as acted
    from acts
    group by account_key
)

, days as (
    select account_key, list_sort(list(distinct (occurred_at::date - date '2000-01-01')::integer))
        as days
    from acts
    group by account_key
    having len(days) >= 3
)

, visits as (
    select distinct
        md5_number_lower(attendances.account_id) as account_key
        , epoch(events.starts_at)::bigint as starts
        , events.utc_offset_minutes
    from facts.attendances
    join facts.events
        on attendances.event_id in (events.event_id, events.also_id)
    where
        md5_number_lower(attendances.account_id) in (select account_key from wanted)
        and (
            coalesce(attendances.rsvp, '') in ('yes', 'interested')
            or attendances.check_in = 'attended'
        )
)

, gatherings as (
    select
        account_key
        , list_sort(list(distinct starts)) as events
        , mode(utc_offset_minutes order by utc_offset_minutes)::integer as offset_minutes
    from visits
    group by account_key
)

, dated as (
    select
        wanted.account_id
        , coalesce(arrivals.arrived, firsts.acted) - date '2000-01-01' as arrived
    from wanted
    left join arrivals using (account_key)
    left join firsts using (account_key)
)

-- How long the community has lived in days, and how many come a day: to the next power of 2, so
-- that it seldom changes. On a busy day it says little that two came on the same one.
, crowd as (
    select
        2 ** round(log2(greatest(max(arrived) - min(arrived), 1))) as span
        , 2 ** round(log2(greatest(count(*), 1) / greatest(max(arrived) - min(arrived), 1))) as a_day
    from dated
    where arrived is not null
)

select
    wanted.account_id
    , wanted.source
    , nullif(wanted.full_name, '') as full_name
    , nullif(wanted.squashed, '') as squashed
    , wanted.skeleton
    -- One, few, or many of its platform have this name: to few steps, so that they seldom change.
    , case when namesakes = 1 then 1 when namesakes < 5 then 2 else 3 end as namesakes
    , case when with_initial = 1 then 1 when with_initial < 5 then 2 else 3 end as with_initial
    , array_to_string(wanted.words, ' ') as shown
    , len(wanted.words) as amount
    , wanted.words[1] as first
    , wanted.words[-1] as last
    , wanted.words[1][1] as first_initial
    , wanted.words[-1][1] as initial
    , wanted.handle
    , wanted.handle_words[1] as handle_word
    , wanted.handle_key
    , wanted.stem
    , wanted.timezone
    , wanted.place
    , gatherings.offset_minutes as events_offset_minutes
    , if(
        sqrt(hours.east::double ** 2 + hours.north::double ** 2) > hours.amount * 0.3
        , round((degrees(atan2(hours.east, hours.north)) / 15 + 24) % 24, 2)
        , null
    ) as hour
    , days.days
    , gatherings.events
    , dated.arrived
    , crowd.span
    , crowd.a_day
from wanted
join dated using (account_id)
cross join crowd
left join hours using (account_key)
left join days using (account_key)
left join gatherings using (account_key)
