/*
grain = "One row per period that begins in the chosen time."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
number = "0 for the first period with a participation ever, then counting up"
is_complete = "The period is over and the data of every chosen source covers it"
*/
select period, next_period, number, is_complete
from periods
where is_chosen
