/*
grain = "One row per chosen source and stretch of time without a gap of which everything was read."

[columns]
source = "Name of the source"
known_from = "Its beginning, UTC; null: since ever"
known_to = "Its end, UTC"
*/
select
    source
    , if(year(covered_from) > 1, covered_from, null) as known_from
    , covered_to as known_to
from marts.coverages
semi join sources using (source)
