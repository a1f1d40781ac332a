/*
grain = "One row per opener of a person on the chosen sources since the beginning of the chosen time."

[columns]
activity_id = "The opener"
source = "Name of the source"
kind = "What was opened"
person_key = "Who opened it"
channel_id = "Where"
occurred_at = "When, UTC"
date = "Date in the community's time zone"
period = "First day of its period of the chosen grain"
is_chosen = "Its date is in the chosen time"
ref = "The last part of its link"
answered_at = "When another person first answered, staff included, UTC; null: not yet"
*/
with opened as (
    from activities
    where is_opener and date >= getvariable('start')
)

, first_answers as (
    select opened.activity_id, min(answers.occurred_at) as answered_at
    from answers
    join opened using (activity_id)
    where answers.person_key <> opened.person_key
    group by opened.activity_id
)

select
    opened.activity_id
    , opened.source
    , opened.kind
    , opened.person_key
    , opened.channel_id
    , opened.occurred_at
    , opened.date
    , opened.period
    , opened.is_chosen
    , opened.ref
    , first_answers.answered_at
from opened
left join first_answers using (activity_id)
