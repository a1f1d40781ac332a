/*
title = "Active people, rolling"
question = "How many people take part within a day, a week, four weeks?"
definition = """
Counts per date the persons with a participation on the date (dau), in the 7 days that end with it
(wau), and in the 28 days that end with it (mau). The rows are always by day, whatever the chosen
grain.
"""
example = """
Ada writes on 1 and 5 May, Bo on 3 May. On 5 May dau is 1 (Ada), wau 2 and mau 2. On 8 May wau is 2 (Bo's
3 May is the 6th day back), on 10 May 1, on 12 May 0. mau stays 2 until 30 May and is 1 on 1 June.
"""
caveats = "The first 27 days include days before the data begins, and so are too low."
unit = "people"
page = "engagement"
version = 1
good = "up"
grain = "day"
people = """
select person_key, sum(participations)::bigint as activities
from member_days
where date between $date::date - 27 and $date
group by person_key
"""
records = "from activities where is_participation and date between $date::date - 27 and $date"

[columns]
date = "Date in the community's time zone"
dau = "Persons active on the date"
wau = "Persons active in the 7 days that end with the date"
mau = "Persons active in the 28 days that end with the date"
*/
select rolling_days.date, rolling_days.dau, rolling_days.wau, rolling_days.mau
from rolling_days
join chosen_periods on chosen_periods.period = rolling_days.date
order by rolling_days.date
