/*
title = "Who will come"
question = "How many will really come to the next events?"
definition = """
expected is yes_now times a rate: how many came for each yes at the checked-in events of the last
two years, with the RSVPs that each event had as many days before its start. So the rate includes
later RSVPs and walk-ins. A group's own rate is moved towards the community's; the fewer events the
group has, and the less groups differ, the further it moves (empirical Bayes, variances by the
method of moments). With a probability of 80 % the number that comes lies from low to high. This
interval includes chance, differences between events, and how little is known of the group. Guests
are not counted. The forecast is unknown while no event was checked in, and where nobody said yes.
Every event to come has a row, whatever the chosen time.
"""
example = """
Four events in Lagos had 20 yes each, and 10, 12, 14 and 12 of them came: 0.6 for each yes. For the next one 30 have
said yes: expected 18, low 13, high 24, resting on 4 checked-in events of this group and 4 of the community.
"""
caveats = """
The forecast does not know the weather, the speaker or holidays. It learns nothing from events
without check-in, because a yes alone is no attendance. Some platforms overwrite an RSVP by the
check-in; where the time of that RSVP was not seen, its yes counts from the beginning, and the
forecast expects too few later RSVPs.
"""
unit = "people"
page = "events"
version = 1
good = "neutral"
people = """
select person_key, 1 as activities, rsvp as state
from event_attendances
where event_id = $event_id and person_key is not null
"""
records = """
select activities.*
from activities
where
    activities.kind = 'attended'
    and activities.channel_key = (select hash(group_id) from forecast_targets where event_id = $event_id)
"""

[columns]
event_id = "The event to come"
title = "Its title"
starts_at = "When it begins, UTC"
yes_now = "Who has said yes; null: not known"
expected = "How many will come, most likely; null: nothing to tell by"
low = "Lower end of the 80 % interval"
high = "Upper end of the 80 % interval"
basis = "What it rests on"
*/
with forecast as (
    select
        targets.*
        , rates.all_events
        , rates.group_events
        , targets.yes_now * rates.rate as mean
        , sqrt(
            targets.yes_now ** 2 * rates.rate_variance + targets.yes_now * rates.yes_variance
        ) as deviation
        -- Student's 90 % quantile: variances of few events are not well known.
        , 1.2816 + 0.8466 / (rates.all_events + 1) + 0.57 / (rates.all_events + 1) ** 2 as quantile
        -- On the scale of square roots counts vary evenly and stay above zero.
        , sqrt(nullif(mean, 0)) as root
        , quantile * deviation / (2 * root) as reach
    from forecast_targets as targets
    left join forecast_rates as rates using (lead_days, group_id)
)

select
    event_id
    , title
    , starts_at
    , yes_now
    , round(nullif(mean, 0), 1) as expected
    , least(round(if(root > reach, root - reach, 0 * root) ** 2), floor(root ** 2))::bigint as low
    , greatest(round((root + reach) ** 2), ceil(root ** 2))::bigint as high
    , case
        when yes_now is null then 'nobody is asked to say yes'
        when all_events is null then 'no checked-in event to tell by'
        when yes_now = 0 then 'nobody has said yes yet'
        else group_events || ' checked-in events of this group, ' || all_events || ' of the community'
    end as basis
from forecast
order by event_id
