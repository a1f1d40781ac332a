/*
grain = "One row per period that begins in the chosen time, of those from the first to the last with a participation."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
number = "Counts up by one from period to period"
is_complete = "The period is over and the data of every chosen source covers it"
*/
select period, next_period, number, is_complete
from periods
where is_chosen
