/*
grain = "One row per source of which only files were ever read."
unique = ["source"]
not_null = ["source"]

[columns]
source = "Name of the source"
*/
select source
from landed.raw.runs
where error is null
group by source
having bool_and(kind = 'import')
