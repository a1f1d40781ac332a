/*
grain = "One row per activity of a person on the chosen sources: neither bots nor staff."

[columns]
activity_id = "The activity"
source = "Name of the source"
kind = "What was done"
is_participation = "It makes its person active"
is_opener = "It answers nothing, and waits for an answer"
person_key = "Who did it"
channel_id = "Where"
parent_id = "The activity that it answers"
occurred_at = "When, UTC"
date = "Date in the community's time zone"
hour = "Hour in the community's time zone"
period = "First day of its period of the chosen grain"
ref = "The last part of its link"
*/
select
    activities.activity_id
    , activities.source
    , activities.kind
    , kinds.is_participation
    , kinds.is_opener and activities.parent_id is null as is_opener
    , authors.person_key
    , activities.channel_id
    , activities.parent_id
    , activities.occurred_at
    , activities.date
    , activities.hour
    , date_trunc(getvariable('grain'), activities.date)::date as period
    , activities.ref
from facts.activities
join marts.authors using (account_id)
join marts.kinds using (kind)
where
    authors.is_member
    and (
        getvariable('sources') is null
        or list_contains(getvariable('sources'), activities.source)
    )
