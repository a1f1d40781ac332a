/*
grain = "One row per period of the chosen grain that the chosen time touches, from the first with an act on a repository or the closing of an item to the end of the data."

[columns]
period = "First day of the period; weeks begin on Monday"
is_complete = "The period is over, and was read whole of every chosen source that had not ended before"
*/
with known as (
    select min(period) as first_period, max(period) as last_period
    from code_days
    union all
    select min(closed_period), max(closed_period)
    from work_items
)

, ends as (
    select
        min(known.first_period) as first_period
        , greatest(max(known.last_period), max(period_of(data_range.data_date))) as last_period
    from known
    cross join data_range
)

select calendar.period, calendar.is_complete
from calendar
join ends on calendar.period between ends.first_period and ends.last_period
where calendar.is_chosen
