/*
grain = "One row per period of the chosen grain, from the first to the last with a participation on the chosen sources."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
number = "0 for the first period, then counting up"
is_complete = "The period is over and the data of every chosen source covers it"
is_chosen = "The period begins in the chosen time"
*/
with step as (
    select case getvariable('grain')
        when 'day' then interval 1 day
        when 'week' then interval 7 days
        when 'month' then interval 1 month
        when 'quarter' then interval 3 months
    end as length
)

, spine as (
    select unnest(generate_series(
        date_trunc(getvariable('grain'), first_date)::timestamp
        , date_trunc(getvariable('grain'), last_date)::timestamp
        , length
    )) as starts_at
    from coverage
    cross join step
)

select
    starts_at::date as period
    , (starts_at + length)::date as next_period
    , row_number() over (order by starts_at) - 1 as number
    , coalesce(
        starts_at + length <= covered_to and (covered_from is null or starts_at >= covered_from)
        , false
    ) as is_complete
    , (getvariable('start') is null or starts_at >= getvariable('start'))
        and (getvariable('end') is null or starts_at < getvariable('end')) as is_chosen
from spine
cross join step
cross join coverage
