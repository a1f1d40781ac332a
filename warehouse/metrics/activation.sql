/*
title = "Newcomers who speak"
question = "Do people who join take part within a week or a month?"
definition = """
Counts the persons who joined in the period, and those of them whose first participation came within
7 days and within 30 days (of 24 hours each) after joining. The metric members says what counts as
joining; persons whose joining is unknown are left out. The counts are unknown until the data covers
the 7 or 30 days after the period's end, and where no member list was ever seen, as on GitHub. The
first participation may be on any chosen source; at an event where nobody was checked in, a yes
counts as having come.
"""
example = """
Ada joins on 2 May and writes on 5 May, Bo joins on 3 May and writes on 25 May, Cem joins on 4 May and
never writes. Cohort May: joined 3, activated_7d 1, activated_30d 2, share_7d 0.33, share_30d 0.67.
"""
caveats = """
Where the platform gives no date of joining, the first participation stands for it. Such a person is
active at once, so the shares are too high. A Slack export gives the date on which somebody entered
the general channel. Where a yes alone tells who came to events, the shares are too high.
"""
unit = "share"
page = "retention"
version = 1
good = "up"
people = """
select memberships.person_key, count(participants.person_key) as activities
from memberships
left join participants using (person_key)
where period_of(memberships.joined_date) = $cohort
group by memberships.person_key
"""
records = """
select activities.*
from activities
join memberships using (person_key)
where
    activities.is_participation
    and period_of(memberships.joined_date) = $cohort
    and activities.occurred_at < memberships.joined_at + interval 30 days
"""

[columns]
cohort = "First day of the period of joining"
joined = "Persons who joined in the period; null: no list was ever seen"
activated_7d = "Those with a participation within 7 days; null: not over yet"
activated_30d = "Those with a participation within 30 days; null: not over yet"
share_7d = "activated_7d / joined"
share_30d = "activated_30d / joined"
is_complete = "The cohort's period is over and the data covers it"

[shares]
share_7d = "joined"
share_30d = "joined"

[totals]
joined = "sum(joined)::bigint"
share_30d = "sum(activated_30d) / nullif(sum(joined), 0)"
*/
with counted as (
    select
        period_of(memberships.joined_date) as cohort
        , count(*) as joined
        , count(*) filter (first_at <= joined_at + interval 7 days) as within_7d
        , count(*) filter (first_at <= joined_at + interval 30 days) as within_30d
    from memberships
    left join participants using (person_key)
    where memberships.joined_date is not null
    group by cohort
)

, known as (
    select
        periods.period as cohort
        , if(is_known, coalesce(joined, 0), null) as joined
        , if(is_known and ends_at + interval 7 days <= known_to, coalesce(within_7d, 0), null)
            as activated_7d
        , if(is_known and ends_at + interval 30 days <= known_to, coalesce(within_30d, 0), null)
            as activated_30d
        , periods.is_complete
    from membership_periods as periods
    cross join (select exists (from memberships) as is_known) as lists
    left join counted on counted.cohort = periods.period
)

select
    cohort
    , joined
    , activated_7d
    , activated_30d
    , activated_7d / nullif(joined, 0) as share_7d
    , activated_30d / nullif(joined, 0) as share_30d
    , is_complete
from known
order by cohort
