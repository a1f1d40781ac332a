/*
title = "Who is here: new, returning, back again, gone quiet"
question = "Are the active members new, do they stay, do they come back, or do they fall silent?"
definition = """
new: the first participation ever on the chosen sources is in the period. returning: active in this
and in the previous period. resurrected: active now, not in the previous period, and first active
earlier. dormant: active in the previous period, not in this one. new + returning + resurrected are
the active members. At an event where nobody was checked in, a yes counts as having come; rsvp_only
says of how many of the active members nothing else tells that they were active.
"""
example = """
Ada writes in May, June and August; Bo in May alone; Cem for the first time in June. May: 2 new. June:
1 new (Cem), 1 returning (Ada), 1 dormant (Bo). July: 2 dormant (Ada, Cem). August: 1 resurrected (Ada). None is
rsvp_only: nobody counts by a yes alone.
"""
caveats = """
A person who was active before the data begins looks new. A dormant person counts once, in the first
period without a participation. Not everybody who says yes comes.
"""
unit = "people"
page = "engagement"
version = 2
good = "neutral"
people = "select person_key, participations as activities, state from member_states where period = $period"
records = "from activities where is_participation and period = $period"

[columns]
period = "First day of the period"
new = "Persons whose first participation ever falls in the period"
returning = "Persons active in this and in the previous period"
resurrected = "Persons active in the period, not in the previous one, and first active earlier"
dormant = "Persons active in the previous period and not in this one"
is_complete = "The period is over and the data covers it"
rsvp_only = "Those of new, returning and resurrected of whom only a yes to an event without check-ins tells"

[totals]
came = "sum(new + resurrected)::bigint"
*/
with counted as (
    select
        period
        , count(*) filter (state = 'new') as new
        , count(*) filter (state = 'returning') as returning
        , count(*) filter (state = 'resurrected') as resurrected
        , count(*) filter (state = 'dormant') as dormant
        , count(*) filter (is_rsvp_only) as rsvp_only
    from member_states
    group by period
)

select
    chosen_periods.period
    , coalesce(counted.new, 0) as new
    , coalesce(counted.returning, 0) as "returning"
    , coalesce(counted.resurrected, 0) as resurrected
    , coalesce(counted.dormant, 0) as dormant
    , chosen_periods.is_complete
    , coalesce(counted.rsvp_only, 0) as rsvp_only
from chosen_periods
left join counted using (period)
order by chosen_periods.period
