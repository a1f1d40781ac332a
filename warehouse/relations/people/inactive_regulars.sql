/*
grain = "One row per person who was a regular at the last participation, and has been silent since: for at least 14 days, and for less than the window of weeks of the settings."

[columns]
person_key = "The person"
last_date = "Date of the last participation"
window_date = "First date of the window of weeks that ends with it"
active_days = "Dates with a participation in the window of weeks that ends with it"
usual_gap_days = "Median of the days from one of these dates to the next"
longest_gap_days = "The longest of these gaps"
silence_days = "Days since the last participation: see silences"
*/
with recent as (
    select
        silences.person_key
        , silences.last_date
        , silences.silence_days
        , silences.last_date - settings.level_window_weeks * 7 + 1 as window_date
        , settings.level_regular_weeks as regular_weeks
    from silences
    cross join marts.settings
    where silences.silence_days >= 14 and silences.silence_days < settings.level_window_weeks * 7
)

, visits as (
    select
        recent.*
        , member_days.date
        , member_days.date
            - lag(member_days.date) over (partition by person_key order by member_days.date)
            as gap_days
    from member_days
    join recent using (person_key)
    where
        member_days.date >= recent.window_date
        and member_days.date >= (select min(window_date) from recent)
)

select
    person_key
    , any_value(last_date) as last_date
    , any_value(window_date) as window_date
    , count(*) as active_days
    , median(gap_days) as usual_gap_days
    , max(gap_days) as longest_gap_days
    , any_value(silence_days) as silence_days
from visits
group by person_key
having count(distinct (last_date - date) // 7) >= any_value(regular_weeks)
