/*
grain = "One row per person whose first participation falls in the chosen time."

[columns]
person_key = "The person"
weeks = "Whole weeks from the first to the last participation"
is_over = "The last participation is more than 28 days before the end of the data of the person's sources; else the end is not known"
*/
select
    person_key
    , (last_date - first_date) // 7 as weeks
    , last_date <= data_date - 28 as is_over
from member_ends
where
    is_in_chosen_time(first_date)
