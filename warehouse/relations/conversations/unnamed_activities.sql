/*
grain = "One row per period, source and kind with activities of which nobody knows whose they are, since the beginning of the first period that the chosen time touches."

[columns]
period = "First day of the period of the chosen grain"
source = "Name of the source"
kind = "What was done"
amount = "How many, bots' and staff's included"
*/
select period_of(date) as period, source, kind, sum(amount)::bigint as amount
from marts.unnamed_activities
where date >= period_of(getvariable('start')) and is_chosen_source(source)
group by all
