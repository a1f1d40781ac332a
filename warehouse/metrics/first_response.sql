/*
title = "First response"
question = "How many openers are answered, and how soon?"
definition = """
Openers are the root messages, issues, pull requests and discussions of members. The answer is the
first reply, comment or review by another person: staff answer, bots do not, and one's own replies
do not count. An answer counts in the opener's period, whenever it came. Median and 90th percentile
are over the answered openers.
"""
example = """
In May Ada asks at 10:00 and Bo answers at 10:10; Cem asks and only Cem replies; Dee asks and a bot
replies, then Ada after 30 minutes. 3 openers, 2 answered, share 0.67, median (600 + 1800) / 2 = 1200
seconds, 90th percentile 1680.
"""
caveats = """
An answer that is a new message instead of a reply in the thread is not seen. Small talk needs no
answer and counts as unanswered. Openers of the last days may still be answered. Where only files
were imported and none holds an answer, they may lack the threads: what was answered is unknown.
"""
unit = "seconds"
page = "conversations"
version = 2
good = "down"
records = """
select activities.*
from activities
semi join (from openers where period = $period and source = $source) as chosen using (activity_key)
"""

[columns]
period = "First day of the opener's period"
source = "Name of the source"
openers = "Openers in the period"
answered = "Openers that another person answered; null: the source tells no answers"
share_answered = "answered / openers; null without openers, or where answered is"
median_seconds = "Median time to the first response; null without one"
p90_seconds = "Time within which nine of ten answered openers were answered; null without one"
is_complete = "The period is over and the data covers it"

[shares]
share_answered = "openers"

[totals]
openers = "(sum(openers) filter (answered is not null))::bigint"
answered = "sum(answered)::bigint"
share_answered = "sum(answered) / nullif(sum(openers) filter (answered is not null), 0)"
waiting = "sum(openers - answered)::bigint"
*/
with counted as (
    select
        period
        , source
        , count(*) as openers
        , bool_or(is_answer_known) as is_answer_known
        , if(bool_or(is_answer_known), count(answered_at), null) as answered
        , quantile_cont(response_seconds, 0.5) as median_seconds
        , quantile_cont(response_seconds, 0.9) as p90_seconds
    from openers
    where period in (select period from chosen_periods)
    group by all
)

select
    chosen_periods.period
    , seen.source
    , coalesce(counted.openers, 0) as openers
    , if(seen.is_answer_known, coalesce(counted.answered, 0), null) as answered
    , counted.answered / counted.openers as share_answered
    , counted.median_seconds
    , counted.p90_seconds
    , chosen_periods.is_complete
from chosen_periods
cross join (select distinct source, is_answer_known from counted) as seen
left join counted using (period, source)
order by chosen_periods.period, seen.source
