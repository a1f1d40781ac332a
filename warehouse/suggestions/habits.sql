-- What else is compared of accounts that are no bots, and of which of them it is not what it was.
create or replace temp table habits as
with acts as (
    select
        account_key
        , min(occurred_at)::date as acted
        , count(*) as acts
        , bit_xor(activity_key) as acts_xor
        , sum(epoch(occurred_at)::bigint) as acts_sum
    from facts.activities
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
    select
        attendances.account_id
        , epoch(events.starts_at)::bigint as starts
        , events.utc_offset_minutes
    from facts.attendances
    join facts.events
        on attendances.event_id in (events.event_id, events.also_id)
    where
        coalesce(attendances.rsvp, '') in ('yes', 'interested')
        or attendances.check_in = 'attended'
)

, gatherings as (
    select account_id, list_sort(list(distinct starts)) as events
    from visits
    group by account_id
)

-- Where the groups are that somebody joined, and the events that somebody came to.
, group_offsets as (
    select group_id, mode(utc_offset_minutes order by utc_offset_minutes) as utc_offset_minutes
    from facts.events
    group by group_id
)

, offsets as (
    select
        account_id
        , mode(utc_offset_minutes order by utc_offset_minutes)::integer as events_offset_minutes
    from (
        select account_id, utc_offset_minutes from visits
        union all
        select joins.account_id, group_offsets.utc_offset_minutes
        from facts.joins
        join group_offsets on group_offsets.group_id = joins.channel_id
    )
    group by account_id
)

, profiles as (
    select
        account_id
        , arg_max(place, record_id) as place
        , arg_max(timezone, record_id) as timezone
    from facts.profiles
    group by account_id
)

, named as (
    select account_id, source, full_name, words[1] as first, words[-1][1] as initial
    from facts.compared_names
)

, same_name as (
    select source, full_name, count(*) as namesakes
    from named
    group by all
)

, same_initial as (
    select source, first, initial, count(*) as alike
    from named
    group by all
)

, dated as (
    select
        named.account_id
        , same_name.namesakes
        , same_initial.alike
        , profiles.place
        , profiles.timezone
        , coalesce(arrivals.arrived, acts.acted) - date '2000-01-01' as arrived
        , acts.acts
        , acts.acts_xor
        , acts.acts_sum
        , gatherings.events
        , offsets.events_offset_minutes
    from named
    left join same_name
        on same_name.source = named.source
        and same_name.full_name is not distinct from named.full_name
    left join same_initial
        on same_initial.source = named.source
        and same_initial.first is not distinct from named.first
        and same_initial.initial is not distinct from named.initial
    left join profiles using (account_id)
    left join arrivals using (account_id)
    left join acts on acts.account_key = md5_number_lower(named.account_id)
    left join gatherings using (account_id)
    left join offsets using (account_id)
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
    , dated.place
    , dated.timezone
    -- One, few, or many of its platform have this name: in few steps, so that they seldom change.
    , case when namesakes = 1 then 1 when namesakes < 5 then 2 else 3 end as namesakes
    , case when alike = 1 then 1 when alike < 5 then 2 else 3 end as with_initial
    , dated.arrived
    , dated.acts
    , dated.acts_xor
    , dated.acts_sum
    , dated.events
    , dated.events_offset_minutes
    , crowd.span
    , crowd.a_day
from dated
cross join crowd;

create or replace temp table changed as
select account_id
from habits
full join facts.compared_habits as before using (account_id)
where
    habits.place is distinct from before.place
    or habits.timezone is distinct from before.timezone
    or habits.namesakes is distinct from before.namesakes
    or habits.with_initial is distinct from before.with_initial
    or habits.arrived is distinct from before.arrived
    or habits.acts is distinct from before.acts
    or habits.acts_xor is distinct from before.acts_xor
    or habits.acts_sum is distinct from before.acts_sum
    or habits.events is distinct from before.events
    or habits.events_offset_minutes is distinct from before.events_offset_minutes
    or habits.span is distinct from before.span
    or habits.a_day is distinct from before.a_day
union
select account_id from renamed;

delete from facts.compared_habits where account_id in (select account_id from changed);

insert into facts.compared_habits by name
from habits
where account_id in (select account_id from changed);
