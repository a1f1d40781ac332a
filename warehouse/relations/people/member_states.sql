/*
grain = "One row per period and person active in it, or active in the period before and dormant now."

[columns]
period = "First day of the period"
person_key = "The person"
state = "new, returning, resurrected or dormant"
participations = "How many participations in the period"
is_rsvp_only = "All of them rest on a yes alone; false for who is dormant"
*/
with active as (
    select member_periods.*, periods.next_period
    from member_periods
    join periods using (period)
)

, paired as (
    select
        coalesce(present.period, past.next_period) as period
        , coalesce(present.person_key, past.person_key) as person_key
        , present.participations
        , present.rsvp_participations
        , past.person_key is not null as was_active
    from active as present
    full join active as past
        on past.person_key = present.person_key and past.next_period = present.period
)

select
    paired.period
    , paired.person_key
    , case
        when paired.participations is null then 'dormant'
        when participants.first_period = paired.period then 'new'
        when paired.was_active then 'returning'
        else 'resurrected'
    end as state
    , coalesce(paired.participations, 0) as participations
    , coalesce(paired.participations = paired.rsvp_participations, false) as is_rsvp_only
from paired
join participants using (person_key)
where paired.period in (select period from chosen_periods)
