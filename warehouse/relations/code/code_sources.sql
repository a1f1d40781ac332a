/*
grain = "One row per chosen source with an act on a repository."

[columns]
source = "Name of the source"
has_synced = "It was read over the platform's API; else all that is known of it comes from files"
*/
select
    source
    , bool_and(source not in (select source from marts.source_reads where not has_synced)) as has_synced
from code_days
group by source
