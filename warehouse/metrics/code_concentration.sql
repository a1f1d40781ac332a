/*
title = "Concentration of contributions"
question = "How much of the work on the repositories depends on a few people?"
definition = """
Contributions are issues, pull requests, discussions, comments, reviews, commits and releases.
top10_share: the contributions of the ten persons with most of them in the period / all
contributions. absence_factor: the smallest number of persons who together made at least half of
them (the CHAOSS Contributor Absence Factor).
"""
example = """
In May Ada makes 5 commits, Bo 3 comments and Cem 2 reviews; Bo also writes 9 messages on Slack, which count
nothing here. 3 contributors, 10 contributions; Ada alone makes half: the absence factor is 1.
"""
caveats = """
A commit and a comment count the same. A period with few contributors is always concentrated:
compare the number of contributors.
"""
unit = "share"
page = "code"
version = 1
good = "down"
people = "select person_key, contributions as activities from contributors where period = $period"
records = "from activities where is_code and is_participation and period = $period"

[columns]
period = "First day of the period"
contributors = "Persons with a contribution in the period"
contributions = "Their contributions"
top10_share = "Contributions of the ten persons with most / all; null without any"
absence_factor = "Smallest number of persons who make at least half; null without any"
is_complete = "The period is over and the data covers it"

[shares]
top10_share = "contributions"
*/
select
    code_periods.period
    , coalesce(measured.persons, 0) as contributors
    , coalesce(measured.total, 0) as contributions
    , measured.top10_share
    , measured.absence_factor
    , code_periods.is_complete
from code_periods
left join concentrations as measured
    on measured.period = code_periods.period and measured.measure = 'contributions'
order by code_periods.period
