/*
title = "Stars"
question = "How fast do the repositories gain stars, and does a release change it?"
definition = """
Counts the stars that members gave to the repositories in the period, all stars given up to its end,
and the releases that members published in the period. Stars of bots and staff are left out.
"""
example = """
In May Ada and Bo star a repository and Ada publishes a release, in July Cem stars it. stars: 2, 0, 1.
stars_total: 2, 2, 3. releases: 1, 0, 0.
"""
caveats = """
A sync sees the stars that exist now, each with its date: stars that were taken back are missing
from every period. An import has the stars of the hours that it holds. Releases that a bot publishes
are not seen.
"""
unit = "stars"
page = "code"
version = 1
good = "up"
people = """
select person_key, sum(acts)::bigint as activities, kind || 's' as state
from code_days
where period = $period and kind in ('star', 'release')
group by person_key, kind
"""
records = "from activities where kind in ('star', 'release') and period = $period"

[columns]
period = "First day of the period"
stars = "Stars given in the period"
stars_total = "Stars given up to the period's end"
releases = "Releases published in the period"
is_complete = "The period is over and the data covers it"

[totals]
stars = "sum(stars)::bigint"
*/
with counted as (
    select
        period
        , coalesce(sum(acts) filter (kind = 'star'), 0)::bigint as stars
        , coalesce(sum(acts) filter (kind = 'release'), 0)::bigint as releases
        , (sum(sum(acts) filter (kind = 'star')) over (order by period))::bigint as stars_total
    from code_days
    group by period
)

select
    code_periods.period
    , case when counted.period = code_periods.period then counted.stars else 0 end as stars
    , coalesce(counted.stars_total, 0) as stars_total
    , case when counted.period = code_periods.period then counted.releases else 0 end as releases
    , code_periods.is_complete
from code_periods
asof left join counted on code_periods.period >= counted.period
order by code_periods.period
