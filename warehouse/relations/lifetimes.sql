/*
grain = "One row per person whose first participation falls in the chosen time."

[columns]
person_key = "The person"
weeks = "Whole weeks from the first to the last participation"
is_over = "The last participation is more than 28 days before the data's end; else the end is not known"
*/
select
    members.person_key
    , (members.last_date - members.first_date) // 7 as weeks
    , members.last_date <= bounds.data_date - 28 as is_over
from members
cross join bounds
where
    members.first_date >= getvariable('start')
    and members.first_date < getvariable('end')
