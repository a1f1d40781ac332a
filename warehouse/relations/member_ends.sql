/*
grain = "One row per person who ever took part on the chosen sources."

[columns]
person_key = "The person"
first_date = "Date of the first participation ever"
last_date = "Date of the last participation"
data_date = "Date on which the data ends of those of the person's sources that are furthest ahead"
*/
with ends as (
    select
        sources.source
        , coalesce(
            local_date(sources.covered_to, settings.timezone)
            , bounds.data_date
        ) as data_date
    from sources
    cross join bounds
    cross join facts.settings as settings
)

select
    authors.person_key
    , min(spans.first_date) as first_date
    , max(spans.last_date) as last_date
    , max(ends.data_date) as data_date
from marts.account_spans as spans
join authors using (account_key)
join ends using (source)
group by authors.person_key
