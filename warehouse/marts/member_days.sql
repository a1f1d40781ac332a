/*
grain = "One row per date, source and member with a participation on that date."
unique = ["date", "source", "person_key"]
not_null = ["date", "source", "person_key", "participations", "first_at", "last_at", "is_on_several_sources"]
refresh_by = "date"

[columns]
date = "Local date"
source = "Name of the source"
person_key = "The member"
participations = "How many participations"
first_at = "The first of them, UTC"
last_at = "The last of them, UTC"
is_on_several_sources = "The member has accounts on more than one source"
*/
with account_days as (
    select
        date
        , source
        , account_id
        , count(*) as participations
        , min(occurred_at) as first_at
        , max(occurred_at) as last_at
    from facts.activities
    where kind in (select kind from marts.kinds where is_participation)
    group by all
)

select
    account_days.date
    , account_days.source
    , authors.person_key
    , sum(account_days.participations)::bigint as participations
    , min(account_days.first_at) as first_at
    , max(account_days.last_at) as last_at
    , any_value(authors.is_on_several_sources) as is_on_several_sources
from account_days
join marts.authors using (account_id)
where authors.is_member
group by all
