/*
grain = "One row per period of the chosen grain and measure: how much of it hangs on a few persons."

[columns]
measure = "What is counted: participations or contributions"
period = "First day of the period"
persons = "Persons with any"
total = "How many all of them made"
top10_share = "Made by the ten persons with most / total"
absence_factor = "Smallest number of persons who together made at least half of the total"
*/
with groups as (
    select 'participations' as measure, period, participations as amount, count(*) as persons
    from member_periods
    group by all
    union all
    select 'contributions', period, contributions, count(*)
    from contributors
    group by all
)

-- Persons who made the same amount are one group; "above" are those who made more.
, ranked as (
    select
        *
        , sum(persons) over most_first - persons as persons_above
        , sum(persons * amount) over most_first - persons * amount as made_above
        , sum(persons * amount) over (partition by measure, period) as total
    from groups
    window most_first as (partition by measure, period order by amount desc)
)

select
    measure
    , period
    , sum(persons)::bigint as persons
    , any_value(total)::bigint as total
    , sum(amount * greatest(least(persons, 10 - persons_above), 0)) / any_value(total)
        as top10_share
    , max(persons_above + ceil((total - 2 * made_above) / (2 * amount)))
        filter (2 * made_above < total)::bigint as absence_factor
from ranked
group by measure, period
