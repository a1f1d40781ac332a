-- What is compared of each account that is in `pairs_to_compare`. Times are UTC.
create or replace temp table features as
with wanted as (
    select *, md5_number_lower(account_id) as account_key
    from facts.compared_names
    where account_id in (
        select account_a from pairs_to_compare union all select account_b from pairs_to_compare
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

, days as (
    select account_key, list_sort(list(distinct (occurred_at::date - date '2000-01-01')::integer))
        as days
    from acts
    group by account_key
    having len(days) >= 3
)

select
    wanted.account_id
    , nullif(wanted.full_name, '') as full_name
    , nullif(wanted.squashed, '') as squashed
    , wanted.skeleton
    , habits.namesakes
    , habits.with_initial
    , array_to_string(wanted.words, ' ') as shown
    , len(wanted.words) as amount
    , wanted.words[1] as first
    , wanted.words[-1] as last
    , wanted.words[1][1] as first_initial
    , wanted.words[-1][1] as initial
    , array_to_string(wanted.handle_words, ' ') as handle
    , wanted.handle_words[1] as handle_word
    , wanted.handle_key
    , wanted.stem
    , habits.arrived
    , habits.span
    , habits.a_day
    , habits.events
    , habits.events_offset_minutes
    , if(
        sqrt(hours.east::double ** 2 + hours.north::double ** 2) > hours.amount * 0.3
        , round((degrees(atan2(hours.east, hours.north)) / 15 + 24) % 24, 2)
        , null
    ) as hour
    , days.days
    , places.offset_minutes
    , places.city
from wanted
join facts.compared_habits as habits using (account_id)
left join hours using (account_key)
left join days using (account_key)
left join places
    on places.timezone is not distinct from habits.timezone
    and places.place is not distinct from habits.place
