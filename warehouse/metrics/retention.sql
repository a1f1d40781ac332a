/*
title = "Retention"
question = "Of those who first took part in a period, how many are active later?"
definition = """
A cohort is the persons whose first participation ever is in the period. retained: those of them
active in period cohort + age; age 0 is the cohort itself. Unbounded: those active in that period or
in any later one. A cell is complete when both its own and the cohort's period are over and covered
by the data; unbounded, so must be every period between it and the last complete one. At an event where nobody was
checked in, a yes counts as having come, and so as active.
"""
example = """
Ada and Bo write first in May. Ada writes again in July, Bo never. Cohort May: age 0: 2 of 2, age 1: 0 of
2, age 2: 1 of 2 (0.5). Unbounded, age 1 is 1 of 2, because Ada came back later.
"""
caveats = """
Small cohorts jump: one person in a cohort of four is a quarter. Where the history before some date
cannot be seen, the first cohort includes old members. Unbounded cells grow when people come back.
Where a yes alone tells who came to events, the shares are too high.
"""
unit = "share"
page = "retention"
version = 1
good = "up"
people = """
select participants.person_key, coalesce(active.participations, 0) as activities
from participants
left join (
    select member_periods.person_key, member_periods.participations
    from member_periods
    join periods using (period)
    join periods as cohorts on cohorts.period = $cohort
    where periods.number = cohorts.number + $age
) as active using (person_key)
join periods on periods.period = participants.last_period
join periods as cohorts on cohorts.period = participants.first_period
where
    cohorts.period = $cohort
    and case
        when getvariable('unbounded') then periods.number >= cohorts.number + $age
        else active.person_key is not null
    end
"""
records = """
select activities.*
from activities
join participants using (person_key)
join periods using (period)
join periods as cohorts on cohorts.period = participants.first_period
where
    activities.is_participation
    and cohorts.period = $cohort
    and case
        when getvariable('unbounded') then periods.number >= cohorts.number + $age
        else periods.number = cohorts.number + $age
    end
"""

[columns]
cohort = "First day of the period of the first participation"
age = "Periods since then"
cohort_size = "Persons whose first participation falls in the cohort's period"
retained = "Those active at this age; unbounded: at this age or later"
share = "retained / cohort_size; null for an empty cohort"
is_complete = "The cohort's period and this one are over and the data covers them"

[shares]
share = "cohort_size"

[totals]
cohort_size = "sum(cohort_size)::bigint"
share = "sum(retained) / nullif(sum(cohort_size), 0)"
*/
with cohort_sizes as (
    select first_period as cohort, count(*) as cohort_size
    from participants
    group by first_period
)

, active_in as (
    select participants.first_period as cohort, member_periods.period, count(*) as persons
    from member_periods
    join participants using (person_key)
    where not getvariable('unbounded')
    group by all
    union all
    select first_period, last_period, count(*)
    from participants
    where getvariable('unbounded')
    group by all
)

-- In a period that was not read somebody may have come back.
, unbroken as (
    select
        *
        , bool_and(is_complete or number > last_complete) over (order by number desc) as is_unbroken
    from (select *, max(number) filter (is_complete) over () as last_complete from periods)
)

, cells as (
    select
        cohorts.period as cohort
        , periods.number - cohorts.number as age
        , periods.period
        , cohorts.is_complete
            and periods.is_complete
            and (not getvariable('unbounded') or periods.is_unbroken) as is_complete
    from chosen_periods as cohorts
    join unbroken as periods on periods.number >= cohorts.number
)

, counted as (
    select
        cells.cohort
        , cells.age
        , coalesce(cohort_sizes.cohort_size, 0) as cohort_size
        , case
            when getvariable('unbounded') then coalesce(
                sum(active_in.persons) over (
                    partition by cells.cohort
                    order by cells.age
                    rows between current row and unbounded following
                )
                , 0
            )::bigint
            else coalesce(active_in.persons, 0)
        end as retained
        , cells.is_complete
    from cells
    left join cohort_sizes using (cohort)
    left join active_in using (cohort, period)
)

select cohort, age, cohort_size, retained, retained / nullif(cohort_size, 0) as share, is_complete
from counted
order by cohort, age
