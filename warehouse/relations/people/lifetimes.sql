/*
grain = "One row per person whose first participation falls in the chosen time."

[columns]
person_key = "The person"
weeks = "Whole weeks from the first participation to the beginning of the first silence of more than 90 days, else to the last participation"
is_over = "This silence is known; else the end is not: the data ends, or has a gap, within the 90 days"
*/
with visits as (
    select
        person_key
        , date
        , lead(date) over (partition by person_key order by date) as next_date
    from member_days
)

, silent as (
    select
        visits.person_key
        , min(visits.date) as last_date
    from visits
    join silences using (person_key)
    where coalesce(visits.next_date - visits.date, silences.silence_days) > 90
    group by visits.person_key
)

-- The 90 days that begin with a date, on each source that had not ended before.
, silences_of_sources as (
    select distinct
        silent.last_date
        , ends.source
        , utc_time(silent.last_date + interval 1 day, settings.timezone) as begins_at
        , least(utc_time(silent.last_date + interval 91 days, settings.timezone), ends.expected_to)
            as needed_to
    from silent
    join authors using (person_key)
    join source_ends as ends using (source)
    cross join marts.settings
    where ends.is_loaded
)

, unknown as (
    select asked.last_date, asked.source
    from silences_of_sources as asked
    asof left join marts.coverages
        on coverages.source = asked.source and asked.begins_at >= coverages.covered_from
    where asked.begins_at < asked.needed_to
        and not coalesce(coverages.covered_to >= asked.needed_to, false)
)

, unknown_people as (
    select distinct silent.person_key
    from silent
    join authors using (person_key)
    join unknown using (source, last_date)
)

select
    silences.person_key
    , (coalesce(silent.last_date, silences.last_date) - silences.first_date) // 7 as weeks
    , silent.person_key is not null
        and silences.person_key not in (select person_key from unknown_people) as is_over
from silences
left join silent using (person_key)
where is_in_chosen_time(silences.first_date)
