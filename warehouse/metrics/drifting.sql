/*
title = "Who is drifting away"
question = "Which regulars have been silent for longer than is usual for them?"
definition = """
A regular is a person active in at least 4 of the 12 weeks that end with the last participation
(both numbers are settings). A regular drifts away when the silence since then is at least 14 days,
longer than any gap in those weeks, and more than three times the usual gap (the median). After 12
weeks of silence a person is no longer listed. The rows are the persons whose last participation is
in the chosen time, the longest silence first.
"""
example = """
Ada wrote every third day for 8 weeks and has been silent for 20 days: usual gap 3, longest 3, silence 20:
she drifts. Bo wrote every second week, gap 14, and is silent for 20 days, too: that is usual for him.
"""
caveats = """
A holiday looks the same. Silence ends with the data of the sources that the person took part on:
nobody drifts away because a source was not read.
"""
unit = "days"
page = "retention"
version = 1
good = "down"
people = """
select inactive_regulars.person_key, inactive_regulars.active_days as activities
from inactive_regulars
join people using (person_key)
where people.person_id = $person_id
"""
records = """
select activities.*
from activities
join inactive_regulars using (person_key)
join people using (person_key)
where
    activities.is_participation
    and people.person_id = $person_id
    and activities.date >= inactive_regulars.window_date
"""

[columns]
last_at = "Time of the last participation, UTC"
person_id = "The person"
name = "The person's name"
usual_gap_days = "Median of the days between two active days"
longest_gap_days = "The longest gap"
silence_days = "Days of silence up to the data's end"
active_days = "Active days in the 12 weeks that end with the last one"
link = "The last participation; null where the platform gives no address"
*/
with silent as (
    from inactive_regulars
    where
        silence_days > longest_gap_days
        and silence_days > 3 * usual_gap_days
        and is_in_chosen_time(last_date)
)

, last_words as (
    select
        activities.person_key
        , max(activities.occurred_at) as last_at
        , arg_max(channels.url || '/' || activities.ref, activities.occurred_at) as link
    from activities
    join silent
        on silent.person_key = activities.person_key and silent.last_date = activities.date
    left join channels using (channel_key)
    where
        activities.is_participation
        and activities.date >= getvariable('start')
    group by activities.person_key
)

select
    last_words.last_at
    , people.person_id
    , people.name
    , silent.usual_gap_days
    , silent.longest_gap_days
    , silent.silence_days
    , silent.active_days
    , last_words.link
from silent
join last_words using (person_key)
join people using (person_key)
order by last_words.last_at, people.person_id
