/*
grain = "One row per period and person active in it, or active in the period before and dormant now."

[columns]
period = "First day of the period"
person_key = "The person"
state = "new, returning, resurrected or dormant"
participations = "How many participations in the period"
*/
with active as (
    select periods.number, member_periods.person_key, member_periods.participations
    from member_periods
    join periods using (period)
)

, paired as (
    select
        coalesce(present.number, past.number + 1) as number
        , coalesce(present.person_key, past.person_key) as person_key
        , present.participations
        , past.person_key is not null as was_active
    from active as present
    full join active as past
        on past.person_key = present.person_key and past.number = present.number - 1
)

select
    periods.period
    , paired.person_key
    , case
        when paired.participations is null then 'dormant'
        when members.first_period = periods.period then 'new'
        when paired.was_active then 'returning'
        else 'resurrected'
    end as state
    , coalesce(paired.participations, 0) as participations
from paired
join periods using (number)
join members using (person_key)
where periods.is_chosen
