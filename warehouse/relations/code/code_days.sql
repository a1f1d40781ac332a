/*
grain = "One row per date, account of a person and kind of act on a repository."

[columns]
kind = "What was done: an issue, a review, a star …"
acts = "How many of them"
period = "First day of its period of the chosen grain"
source = "Name of the source"
person_key = "The person"
is_contribution = "It is a participation; stars and forks are none"
*/
select
    days.* exclude (date, account_key)
    , period_of(days.date) as period
    , authors.source
    , authors.person_key
    , kinds.is_participation as is_contribution
from marts.code_days as days
join authors using (account_key)
join marts.kinds using (kind)
