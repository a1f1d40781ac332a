/*
title = "Where people are"
question = "On which sources do people take part, and how many on several?"
definition = """
Counts the persons with a participation in the chosen time by the set of chosen sources that they
took part on. Each person counts once, under exactly these sources. Bots and staff are not counted.
"""
example = """
In May Ada writes on Slack and opens an issue on GitHub, Bo writes on Slack alone, and Cem stars a
repository on GitHub, which makes nobody active: github+slack 1 member, slack 1.
"""
caveats = """
Accounts on two sources count as one person only where they are known to be one person's. Until then
they count as two persons, and the overlap is too low.
"""
unit = "people"
page = "overview"
version = 1
good = "neutral"
people = "select person_key, participations as activities from people_sources where sources = $sources"
records = """
select activities.*
from activities
join people_sources using (person_key)
where activities.is_participation and activities.is_chosen and people_sources.sources = $sources
"""

[columns]
sources = "Names of the sources, sorted, joined by +"
members = "Persons active on exactly these sources in the chosen time"

[totals]
members = "coalesce(sum(members), 0)::bigint"
*/
select sources, count(*) as members
from people_sources
group by sources
order by sources
