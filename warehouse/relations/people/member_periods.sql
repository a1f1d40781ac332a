/*
grain = "One row per period of the chosen grain and person with a participation in it on the chosen sources; the period before the chosen time is the earliest."

[columns]
period = "First day of the period"
person_key = "The person"
participations = "How many participations"
rsvp_participations = "Those that rest on a yes alone"
*/
select date as period, person_key, participations, rsvp_participations
from member_days
where getvariable('grain') = 'day' and date >= getvariable('start') - 1
union all
select
    date_trunc('week', date)::date as period
    , person_key
    , sum(participations)::bigint
    , sum(rsvp_participations)::bigint
from member_days
where getvariable('grain') = 'week' and date >= date_trunc('week', getvariable('start') - 7)
group by all
union all
select month as period, person_key, participations, rsvp_participations
from member_months
where getvariable('grain') = 'month' and month >= date_trunc('month', getvariable('start') - 31)
union all
select
    date_trunc('quarter', month)::date as period
    , person_key
    , sum(participations)::bigint
    , sum(rsvp_participations)::bigint
from member_months
where getvariable('grain') = 'quarter' and month >= date_trunc('quarter', getvariable('start') - 92)
group by all
