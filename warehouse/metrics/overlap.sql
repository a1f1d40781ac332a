/*
title = "Where people are"
question = "On which sources do people take part, and how many on several?"
definition = """
Counts the persons with a participation in the chosen time by the set of chosen sources that they
took part on. Each person counts once, under exactly these sources. Bots and staff are not counted.
low and high are the same number in two other worlds: every open suggestion of who is who is true,
each that is at least 10% likely; and no account is joined to another. Of several sources high is
therefore 0.
"""
example = """
In May Ada writes on Slack and opens an issue on GitHub, Bo writes on Slack alone, and Cem stars a
repository on GitHub, which makes nobody active: github+slack 1 member, slack 1. If no account were
joined, two accounts were active on Slack: its high is 2.
"""
caveats = """
Accounts on two sources count as one person only where they are known to be one person's. Until then
they count as two persons, and the overlap is too low.
"""
unit = "people"
page = "overview"
version = 2
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
low = "How many they were if every open suggestion of who is who were true"
high = "How many they were if no account were joined to another"

[totals]
members = "coalesce(sum(members), 0)::bigint"
*/
with suggested as (
    select string_agg(distinct accounts.source, '+' order by accounts.source) as sources
    from active_accounts as accounts
    left join uncertain_accounts as uncertain using (account_key)
    group by coalesce(uncertain.suggested_person_key, accounts.person_key)
)

, by_suggestion as (
    select sources, count(*) as members
    from suggested
    group by sources
)

, by_account as (
    select source as sources, count(*) as members
    from active_accounts
    group by source
)

, counted as (
    select sources, count(*) as members
    from people_sources
    group by sources
)

select
    counted.sources
    , counted.members
    , coalesce(by_suggestion.members, 0) as low
    , coalesce(by_account.members, 0) as high
from counted
left join by_suggestion using (sources)
left join by_account using (sources)
order by counted.sources
