/*
title = "How long people stay"
question = "What share of people is still active some weeks after the first participation?"
definition = """
Kaplan-Meier estimate over the whole weeks from a person's first participation to the beginning of the
first silence of more than 90 days. Who is not silent for that long at the end of the data of their own
sources, or whose silence falls into a gap of it, is not known to have left (censored at the last
participation before). share_active: the share of people whose activity lasts longer than this many weeks.
low, high: 95 % band (Greenwood's variance on the log-log scale).
"""
example = """
Four people: Ada was active once (0 weeks), Bo for 2 weeks, Cem for 5, all long ago; Dee for 3 weeks until
now (censored). Week 0: 4 at risk, 1 ends, share 0.75. Week 2: 3 at risk, 1 ends, 0.75 x 2/3 = 0.5. Week
3: 2 at risk, none ends, 0.5. Week 5: 1 at risk, it ends, 0.
"""
caveats = """
A person who was silent for more than 90 days counts as gone, although some come back. Persons who began
outside of the chosen time are left out. The last weeks rest on few people: see at_risk.
"""
unit = "share"
page = "retention"
version = 1
good = "up"
people = "select person_key, weeks as activities from lifetimes where weeks >= $weeks"
records = """
select activities.*
from activities
join lifetimes using (person_key)
where activities.is_participation and lifetimes.weeks >= $weeks
"""

[columns]
weeks = "Whole weeks since the first participation"
at_risk = "Persons whose activity lasts at least this long"
share_active = "Share of people whose activity lasts longer"
low = "Lower end of the 95 % band; null where it is not defined"
high = "Upper end of the 95 % band; null where it is not defined"
*/
with ends as (
    select weeks, count(*) as persons, count(*) filter (is_over) as ended
    from lifetimes
    group by weeks
)

, spine as (
    select unnest(range(max(weeks) + 1)) as weeks
    from ends
)

, risks as (
    select
        spine.weeks
        , coalesce(ends.ended, 0) as ended
        , sum(coalesce(ends.persons, 0)) over (order by spine.weeks desc) as at_risk
    from spine
    left join ends using (weeks)
)

, steps as (
    select
        weeks
        , at_risk::bigint as at_risk
        , bool_or(ended = at_risk) over so_far as is_nobody_left
        , sum(ln(nullif(at_risk - ended, 0) / at_risk)) over so_far as log_share
        , sum(ended / (at_risk * nullif(at_risk - ended, 0))) over so_far as variance
    from risks
    window so_far as (order by weeks)
)

, estimates as (
    select
        weeks
        , at_risk
        , case when is_nobody_left then 0.0 else exp(log_share) end as share_active
        , case
            when is_nobody_left then null
            when log_share = 0 then 0.0
            else 1.959964 * sqrt(variance) / abs(log_share)
        end as width
    from steps
)

select
    weeks
    , at_risk
    , share_active
    , share_active ** exp(width) as low
    , share_active ** exp(-width) as high
from estimates
order by weeks
