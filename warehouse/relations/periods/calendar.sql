/*
grain = "One row per period of the chosen grain, from the first to the last date that occurs anywhere in the data."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
number = "Counts up by one from period to period"
is_complete = "The period is over and the data of every chosen source covers it"
is_chosen = "The period begins in the chosen time"
*/
with step as (
    select case getvariable('grain')
        when 'day' then interval 1 day
        when 'week' then interval 7 days
        when 'month' then interval 1 month
        else interval 3 months
    end as length
)

-- A day more on either side than the times in UTC say is enough for every time zone.
, known as (
    select first_date as earliest, last_date as latest from data_range
    union all
    select
        least(min(stated_joined_at), min(profile_joined_at), min(first_seen_at), min(left_at))
            - interval 1 day
        , greatest(max(stated_joined_at), max(profile_joined_at), max(first_seen_at), max(left_at))
            + interval 1 day
    from marts.accounts
    union all
    select min(joined_at) - interval 1 day, max(last_joined_at) + interval 1 day from marts.joins
    union all
    select min(date), max(date) from marts.code_days
    union all
    select min(closed_date), max(closed_date) from marts.work_items
    union all
    select min(date), max(date) from marts.events where took_place
)

, spine as (
    select unnest(generate_series(
        period_of(min(known.earliest))::timestamp
        , max(known.latest)::timestamp
        , any_value(step.length)
    )) as starts_at
    from known
    cross join step
)

select
    starts_at::date as period
    , (starts_at + length)::date as next_period
    , row_number() over (order by starts_at) as number
    , coalesce(
        starts_at + length <= covered_to and (covered_from is null or starts_at >= covered_from)
        , false
    ) as is_complete
    , is_in_chosen_time(starts_at) as is_chosen
from spine
cross join step
cross join data_range
