/*
title = "Stickiness"
question = "On how many days of a month does an active member take part?"
definition = """
dau_avg: the persons active on a day, as a mean over every day of the month that is over. wau_avg: the
persons active in the seven days that end with a day, as a mean over the same days. mau: the persons
active in the month. dau_mau = dau_avg / mau. The rows are always by month, whatever the chosen grain.
"""
example = """
In April (30 days) Ada writes on 3 days and Bo on 3 others: dau_avg = 6 / 30 = 0.2, mau = 2, dau_mau =
0.1: the average active member is there on a tenth of the days. A single visit on 10 April makes Ada
weekly active on 7 days.
"""
caveats = """
The mean of a month that is not over rests on its days so far, and its mau is of these days alone, so that
dau_mau begins too high; is_complete says so.
"""
unit = "share"
page = "engagement"
version = 1
good = "up"
grain = "month"
people = "select person_key, participations as activities from member_periods where period = $period"
records = "from activities where is_participation and period = $period"

[columns]
period = "First day of the month"
dau_avg = "Persons active on a day, mean over every day of the month that is over"
wau_avg = "Persons active in the 7 days that end with a day, mean over every day of the month that is over"
mau = "Persons active in the month"
dau_mau = "dau_avg / mau; null where nobody was active"
is_complete = "The month is over and the data covers it"

[totals]
days_a_month = "round(30.4 * sum(dau_mau))::bigint"
*/
with daily as (
    select
        date_trunc('month', date)::date as period
        , avg(dau) filter (is_over) as dau_avg
        , avg(wau) filter (is_over) as wau_avg
    from rolling_days
    group by all
)

, monthly as (
    select period, count(*) as mau
    from member_periods
    group by period
)

select
    chosen_periods.period
    , daily.dau_avg
    , daily.wau_avg
    , coalesce(monthly.mau, 0) as mau
    , daily.dau_avg / monthly.mau as dau_mau
    , chosen_periods.is_complete
from chosen_periods
join daily using (period)
left join monthly using (period)
order by chosen_periods.period
