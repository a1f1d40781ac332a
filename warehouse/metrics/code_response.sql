/*
title = "First response on repositories"
question = "How many issues and pull requests are answered, and how soon?"
definition = """
Counts the issues, pull requests and discussions of members, by kind, and those that were answered.
The answer is the first comment or review by another person: staff answer, bots do not, and one's
own comments do not count. An answer counts in the period of the opening, whenever it came. The
median is over the answered ones.
"""
example = """
In May Ada opens two pull requests; Bo reviews one after 3 hours, a bot comments on the other. Cem opens an
issue and Ada comments after an hour. issue: 1 opener, 1 answered, 1 hour. pull_request: 2 openers, 1
answered, share 0.5, 3 hours.
"""
caveats = """
Merging or closing without a comment is no answer. Openers of the last days may still be answered.
"""
unit = "hours"
page = "code"
version = 1
good = "down"
records = """
select activities.*
from activities
semi join (from openers where period = $period and kind = $kind) as chosen using (activity_key)
"""

[columns]
period = "First day of the opener's period"
kind = "issue, pull_request or discussion"
openers = "Opened in the period"
answered = "Those that another person answered; null: no source tells answers"
share_answered = "answered / openers; null without openers, or where answered is"
median_hours = "Median hours to the first response; null without one"
is_complete = "The period is over and the data covers it"

[shares]
share_answered = "openers"

[totals]
openers = "(sum(openers) filter (answered is not null))::bigint"
share_answered = "sum(answered) / nullif(sum(openers) filter (answered is not null), 0)"
*/
with counted as (
    select
        period
        , kind
        , count(*) as openers
        , bool_or(is_answer_known) as is_answer_known
        , if(bool_or(is_answer_known), count(answered_at), null) as answered
        , median(response_seconds) / 3600 as median_hours
    from openers
    where is_code and period in (select period from code_periods)
    group by all
)

select
    code_periods.period
    , seen.kind
    , coalesce(counted.openers, 0) as openers
    , if(seen.is_answer_known, coalesce(counted.answered, 0), null) as answered
    , counted.answered / counted.openers as share_answered
    , counted.median_hours
    , code_periods.is_complete
from code_periods
cross join (select kind, bool_or(is_answer_known) as is_answer_known from counted group by kind) as seen
left join counted using (period, kind)
order by code_periods.period, seen.kind
