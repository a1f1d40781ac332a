/*
grain = "One row per quarter and set of sources on which somebody was reached."
title = "Reach on several sources"
definition = """
Counts the persons reached in the quarter, see the metric reach, by the set of sources that they were
reached on. Each person counts once, under exactly these sources, so that the rows of a quarter add up to
its reach.
"""
caveats = """
Accounts on two sources count as one person only where they are known to be one person's. Until then they
count as two persons, and the overlap is too low.
"""
version = 1

[columns]
period = "First day of the quarter"
sources = "Names of the sources, sorted, joined by +"
reached = "Persons reached on exactly these sources"
*/
with persons as (
    select period, person_key, string_agg(distinct source, '+' order by source) as sources
    from reached_accounts
    group by period, person_key
)

select persons.period, persons.sources, count(*) as reached
from persons
join reach_periods using (period)
group by persons.period, persons.sources
order by persons.period, persons.sources
