/*
grain = "One row per opener of a person on the chosen sources since the beginning of the first period that the chosen time touches."

[columns]
activity_key = "The opener, as a number"
source = "Name of the source"
kind = "What was opened"
is_code = "It was opened on a repository"
person_key = "Who opened it"
channel_key = "Where, as a number; null: outside of any channel"
occurred_at = "When, UTC"
period = "First day of its period of the chosen grain"
is_chosen = "Its date is in the chosen time"
is_answer_known = "Its source can tell answers; files without any answer may come from an export without them"
answered_at = "When another person first answered, staff included, UTC; null: not yet"
response_seconds = "Seconds until then"
*/
select
    opened.activity_key
    , opened.source
    , opened.kind
    , opened.is_code
    , opened.person_key
    , opened.channel_key
    , opened.occurred_at
    , opened.period
    , opened.is_chosen
    , opened.source in (
        select source from marts.source_reads where has_synced or has_answers
    ) as is_answer_known
    , answers.answered_at
    , epoch(answers.answered_at - opened.occurred_at) as response_seconds
from activities as opened
left join marts.first_answers as answers
    on answers.activity_key = opened.activity_key
    and answers.date = opened.date
    and answers.date >= period_of(getvariable('start'))
where opened.is_opener and opened.date >= period_of(getvariable('start'))
