/*
title = "Coverage"
question = "From which channels and months is there data?"
definition = """
Counts the activities of members, of every kind, per source, channel and month. A channel has a row
for every month from its first to its last activity in the chosen time. The rows are always by
month, whatever the chosen grain.
"""
example = """
#help has 3 messages in May, none in June and 1 in July: rows with 3, 0 and 1. A channel that nobody could
read has no row at all.
"""
caveats = "An empty month may be a quiet one or one that was not read: the blind spots tell which."
unit = "activities"
page = "data"
version = 1
good = "neutral"
grain = "month"
records = """
select activities.*
from activities
left join channels using (channel_key)
where
    activities.source = $source
    and channels.name is not distinct from $channel
    and activities.period = $month
"""

[columns]
source = "Name of the source"
channel = "Name of the channel, with its place or id where two have one; null: outside of any"
month = "First day of the month"
activities = "Activities in the month"

[totals]
activities = "sum(activities)::bigint"
*/
with counted as (
    select source, channel_key, period as month, count(*) as activities
    from activities
    where date >= period_of(getvariable('start')) and is_chosen_period(period, (period + interval 1 month)::date)
    group by all
)

, spans as (
    select
        source
        , channel_key
        , unnest(generate_series(min(month)::timestamp, max(month), interval 1 month))::date as month
    from counted
    group by source, channel_key
)

select
    spans.source
    , channels.name as channel
    , spans.month
    , coalesce(counted.activities, 0) as activities
from spans
left join counted
    on counted.source = spans.source
    and counted.channel_key is not distinct from spans.channel_key
    and counted.month = spans.month
left join channels on channels.channel_key = spans.channel_key
order by spans.source, channel, spans.month
