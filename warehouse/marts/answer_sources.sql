/*
grain = "One row per source of which answers can be known: it was synced, or its files hold an answer."
unique = ["source"]
not_null = ["source"]

[columns]
source = "Name of the source"
*/
select source
from landed.raw.runs
where kind = 'sync' and error is null
union
select source
from facts.activities
where kind in (select kind from marts.kinds where is_answer)
