/*
grain = "One row per period that the chosen time touches, of those from the first with a participation to the end of the data."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
number = "Counts up by one from period to period"
is_complete = "The period is over, and was read whole of every chosen source that had not ended before"
*/
select period, next_period, number, is_complete
from periods
where is_chosen
