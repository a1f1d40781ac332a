/*
grain = "One row per period of the chosen grain that the chosen time touches, from the first with an event that took place to the end of the data."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
is_complete = "The period is over, and was read whole of every chosen source that had not ended before"
ends_at = "End of the period, UTC"
known_to = "Until then no such source has a gap after the period's end, UTC; null: see calendar"
*/
with ends as (
    select
        min(events.period) as first_period
        , period_of(greatest(max(events.date), max(data_range.data_date))) as last_period
    from events
    cross join data_range
    where events.took_place
)

select
    calendar.period
    , calendar.next_period
    , calendar.is_complete
    , calendar.ends_at
    , calendar.known_to
from calendar
join ends on calendar.period between ends.first_period and ends.last_period
where calendar.is_chosen
