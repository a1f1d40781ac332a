/*
grain = "One row per source, kind and date with activities of which nobody knows whose they are."
unique = ["source", "kind", "date"]
not_null = ["source", "kind", "date", "amount"]

[columns]
source = "Name of the source"
kind = "What was done"
date = "Local date"
amount = "How many, bots' and staff's included"
*/
select
    unnamed.source
    , unnamed.kind
    , ((unnamed.occurred_at at time zone 'UTC') at time zone settings.timezone)::date as date
    , sum(unnamed.amount)::bigint as amount
from facts.unnamed_activities as unnamed
cross join marts.settings
group by all
