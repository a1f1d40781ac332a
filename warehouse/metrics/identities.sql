/*
title = "Who is who"
question = "How many accounts are joined to persons, and by what?"
definition = """
Counts the links in force between two accounts of one person by the rule that made them: email (both
platforms verified the same address), written (a commit names an address that the other verified on the
same source), stated (an account names the other as its own), renamed (the platform gives both one
lasting id), decision (somebody decided it). persons: those who have such a
link. A person may have links of several rules. The row * counts all accounts that are no bots, and
the persons that they are. Accounts are never joined by a name or a handle alone.
"""
example = """
Ada has one verified address on Slack and on GitHub, and names that GitHub account in her profile; Bo
wrote on Slack alone. * 3 links and 2 persons: 3 accounts are 2 persons. email 1 link, 1 person;
stated 1 link, 1 person.
"""
caveats = """
A person who shows no evidence on any platform counts once for each account.
"""
unit = "links"
page = "data"
version = 1
good = "neutral"
people = """
select authors.person_key, count(*) as activities
from authors
where $rule = '*' or authors.person_key in (select person_key from links where rule = $rule)
group by authors.person_key
"""
records = """
select activities.*
from activities
where
    $rule = '*'
    or activities.person_key in (select person_key from links where rule = $rule)
"""

[columns]
rule = "What made the links; * is all accounts"
links = "Links in force; of * the accounts that are no bots"
persons = "Persons with such a link; of * all persons"
*/
select '*' as rule, count(*) as links, count(distinct person_key) as persons
from accounts
union all
select rule, count(*) as links, count(distinct person_key) as persons
from links
group by rule
order by rule
