/*
grain = "One row per date, from the month of the first participation to the end of the month in which the data ends."

[columns]
date = "Date in the community's time zone"
is_over = "The day is over"
dau = "Persons active on the date"
wau = "Persons active in the 7 days that end with it"
mau = "Persons active in the 28 days that end with it"
*/
with visits as (
    select
        date
        , lead(date, 1, 'infinity') over (partition by person_key order by date) as next_date
    from member_days
    where date >= period_of(getvariable('start')) - 27
)

-- A visit keeps its person counted for 7 or 28 days, or until the person's next visit.
, changes as (
    select date, count(*) as dau, count(*) as wau_change, count(*) as mau_change
    from visits
    group by all
    union all
    select least(next_date, date + 7) as date, 0, -count(*), 0
    from visits
    group by all
    union all
    select least(next_date, date + 28) as date, 0, 0, -count(*)
    from visits
    group by all
)

, spine as (
    select unnest(generate_series(
        date_trunc('month', first_date)::timestamp
        , date_trunc('month', data_date) + interval 1 month - interval 1 day
        , interval 1 day
    ))::date as date
    from data_range
)

, daily as (
    select
        spine.date
        , coalesce(sum(changes.dau), 0) as dau
        , coalesce(sum(changes.wau_change), 0) as wau_change
        , coalesce(sum(changes.mau_change), 0) as mau_change
    from spine
    left join changes using (date)
    group by spine.date
)

select
    date
    , date < local_date(getvariable('asked_at'), (select timezone from marts.settings)) as is_over
    , dau::bigint as dau
    , (sum(wau_change) over (order by date))::bigint as wau
    , (sum(mau_change) over (order by date))::bigint as mau
from daily
