/*
grain = "One row per answer since the beginning of the chosen time, whatever its source; staff's are among them, bots' are not."

[columns]
activity_id = "The activity that it answers; it may not be there"
is_code = "It was given on a repository"
occurred_at = "When, UTC"
person_key = "Who answered"
*/
select
    answers.parent_id as activity_id
    , kinds.is_code
    , answers.occurred_at
    , authors.person_key
from facts.activities as answers
join marts.authors using (account_id)
join marts.kinds using (kind)
where kinds.is_answer and answers.date >= getvariable('start') and not authors.is_bot
