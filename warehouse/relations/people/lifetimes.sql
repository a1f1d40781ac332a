/*
grain = "One row per person whose first participation falls in the chosen time."

[columns]
person_key = "The person"
weeks = "Whole weeks from the first to the last participation"
is_over = "The person has been silent for at least 28 days; else the end is not known"
*/
select
    person_key
    , (last_date - first_date) // 7 as weeks
    , silence_days >= 28 as is_over
from silences
where is_in_chosen_time(first_date)
