/*
grain = "One row per period of the chosen grain, from the first date that occurs anywhere in the data to its end."
is_kept = true

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
number = "Counts up by one from period to period"
is_complete = "The period is over, and was read whole of every chosen source that had not ended before"
is_chosen = "The chosen time touches the period"
ends_at = "End of the period, UTC"
known_to = "Until then no such source has a gap after the period's end, UTC; null: the period is not over, or every source had ended before it"
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
    select first_date as earliest, data_date as latest from data_range
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
    union all
    select min(month), max(month) from marts.reached_months
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

, dated as (
    select
        starts_at::date as period
        , (starts_at + length)::date as next_period
        , utc_time(starts_at, settings.timezone) as begins_at
        , utc_time(starts_at + length, settings.timezone) as ends_at
        , ends_at <= getvariable('asked_at') as is_over
    from spine
    cross join step
    cross join marts.settings
)

-- Of each source that had not ended before: must the period be known to its end, or to the source's?
, judged as (
    select
        dated.period
        , dated.begins_at
        , dated.ends_at
        , ends.source
        , ends.until_at
        , case
            when ends.until_at is null then dated.ends_at
            else least(dated.ends_at, ends.until_at)
        end as needed_to
    from dated
    join source_ends as ends on ends.expected_to is null or dated.begins_at < ends.expected_to
    where ends.is_loaded and dated.is_over
)

, read as (
    select
        judged.period
        , bool_and(coalesce(within.covered_to >= judged.needed_to, false)) as is_whole
        , min(case
            when after.covered_to >= judged.until_at then 'infinity'
            else coalesce(after.covered_to, judged.begins_at)
        end) as known_to
    from judged
    asof left join marts.coverages as within
        on within.source = judged.source and judged.begins_at >= within.covered_from
    asof left join marts.coverages as after
        on after.source = judged.source and judged.ends_at >= after.covered_from
    group by judged.period
)

select
    dated.period
    , dated.next_period
    , row_number() over (order by dated.period) as number
    , coalesce(read.is_whole, false) as is_complete
    , is_chosen_period(dated.period, dated.next_period) as is_chosen
    , dated.ends_at
    , read.known_to
from dated
left join read using (period)
