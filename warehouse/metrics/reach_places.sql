/*
title = "Reach by country"
question = "Where are the people whom the community reaches?"
definition = """
Counts the persons reached in the quarter, see the metric reach, by country. A person's country is that
of the groups whose lists the person is on; of several the one with the most of the person's events. The
region is that of the United Nations' geoscheme. share: of all persons reached. The row without a region
and a country counts those of whom nothing is known.
"""
example = """
Ada is on the list of two events of the group in Lagos and of one in Berlin, Bo on that of one in Berlin,
and Cem writes on Slack alone, all in January: Nigeria 1, Germany 1, not known 1, each a third.
"""
caveats = """
Slack, Discord and GitHub tell nobody's country in a way that can be trusted: look at the share that is
not known before you compare countries. People may travel, and come to an online event from anywhere.
"""
unit = "people"
page = "sponsors"
version = 1
good = "neutral"
grain = "quarter"
people = """
select reached.person_key, count(*) as activities
from reached_accounts as reached
left join person_places as places using (person_key)
where reached.period = $period and places.country is not distinct from $country
group by reached.person_key
"""
records = """
select activities.*
from activities
left join person_places as places using (person_key)
where activities.period = $period and places.country is not distinct from $country
"""

[columns]
period = "First day of the quarter"
region = "The region; null: not known"
country = "The country's ISO 3166-1 code; null: not known"
reached = "Persons of it with any activity or attendance of any kind"
share = "reached / reached_everywhere"
is_complete = "The quarter is over and the data covers it"
reached_everywhere = "All persons reached in the quarter"

[shares]
share = "reached_everywhere"
*/
with reached as (
    select distinct period, person_key
    from reached_accounts
)

, counted as (
    select
        reached.period
        , places.country
        , count(*) as reached
        , (sum(count(*)) over (partition by reached.period))::bigint as reached_everywhere
    from reached
    left join person_places as places using (person_key)
    group by reached.period, places.country
)

select
    periods.period
    , regions.region
    , counted.country
    , counted.reached
    , counted.reached / counted.reached_everywhere as share
    , periods.is_complete
    , counted.reached_everywhere
from counted
join reach_periods as periods using (period)
left join regions using (country)
where periods.is_chosen
order by periods.period, regions.region, counted.country
