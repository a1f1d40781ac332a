/*
grain = "One row per week, month or quarter, source and member with a participation in it."
unique = ["grain", "period", "source", "person_key"]
not_null = ["grain", "period", "source", "person_key", "participations", "active_days", "first_date", "last_date", "first_at", "last_at", "is_on_several_sources"]
refresh_by = "period"

[columns]
grain = "week, month or quarter"
period = "First day of the period; weeks begin on Monday"
source = "Name of the source"
person_key = "The member"
participations = "How many participations"
active_days = "On how many dates"
first_date = "The first of these dates"
last_date = "The last of these dates"
first_at = "The first participation, UTC"
last_at = "The last participation, UTC"
is_on_several_sources = "The member has accounts on more than one source"
*/
with days as (
    select
        date_trunc('week', date)::date as week
        , date_trunc('month', date)::date as month
        , date_trunc('quarter', date)::date as quarter
        , *
    from marts.member_days
)

, weeks as (
    select
        'week' as grain
        , week as period
        , source
        , person_key
        , sum(participations)::bigint as participations
        , count(*) as active_days
        , min(date) as first_date
        , max(date) as last_date
        , min(first_at) as first_at
        , max(last_at) as last_at
        , any_value(is_on_several_sources) as is_on_several_sources
    from days
    group by all
)

, months as (
    select
        'month' as grain
        , month as period
        , source
        , person_key
        , sum(participations)::bigint as participations
        , count(*) as active_days
        , min(date) as first_date
        , max(date) as last_date
        , min(first_at) as first_at
        , max(last_at) as last_at
        , any_value(is_on_several_sources) as is_on_several_sources
    from days
    group by all
)

, quarters as (
    select
        'quarter' as grain
        , date_trunc('quarter', period)::date as period
        , source
        , person_key
        , sum(participations)::bigint as participations
        , sum(active_days)::bigint as active_days
        , min(first_date) as first_date
        , max(last_date) as last_date
        , min(first_at) as first_at
        , max(last_at) as last_at
        , any_value(is_on_several_sources) as is_on_several_sources
    from months
    group by all
)

from weeks
union all
from months
union all
from quarters
