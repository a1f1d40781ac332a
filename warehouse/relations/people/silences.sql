/*
grain = "One row per person who ever took part on the chosen sources: how long the person has been silent."

[columns]
person_key = "The person"
first_date = "Date of the first participation ever"
last_date = "Date of the last participation"
silence_days = "Days from the last participation to the end of the data of the person's sources; of several, the latest end"
*/
with ends as (
    select source_ends.source, local_date(source_ends.covered_to, settings.timezone) as data_date
    from source_ends
    cross join marts.settings
)

select
    authors.person_key
    , min(spans.first_date) as first_date
    , max(spans.last_date) as last_date
    , max(ends.data_date) - max(spans.last_date) as silence_days
from marts.account_spans as spans
join authors using (account_key)
join ends using (source)
group by authors.person_key
