/*
title = "Who will come"
question = "How many will really come to the next events?"
definition = """
The forecast compares the yes of now with the checked-in events of the last two years, each as it
stood exactly as long before its start. It begins with how many usually come to the group's events,
and adds or takes away for every yes more or less than usual at this distance. How much a yes more
tells is learnt from the past events of all groups: little long before the start, nearly all on the
last day. So later RSVPs and walk-ins are included. A group with few events is moved towards the
community (empirical Bayes; all of it on roots of the counts). An event tells half as much for every
90 days it is older, as communities change. With a probability of 80 % the number that comes lies
from low to high: this interval includes chance, differences between events, which grow with their
size, and how little is known of the group and of what a yes more tells. Guests are not counted. The
forecast is unknown while no event was checked in, while none had a yes as long before, and where
nobody said yes. The distance is the time from when the RSVPs are known (the last sync, or the last
import) until the event begins. Every event to come has a row, whatever the chosen time; an event
whose start is past has none.
"""
example = """
Four events in Lagos had 20 yes each, and 10, 12, 14 and 12 of them came. For the next one 30 have
said yes: expected 18.4, low 14, high 23, resting on 4 checked-in events of this group and 4 of the
community.
"""
caveats = """
The forecast does not know the weather, the speaker or holidays. It learns nothing from events
without check-in, because a yes alone is no attendance. Some platforms overwrite an RSVP by the
check-in; where the time of that RSVP was not seen, its yes counts from the beginning, and the
forecast expects too few later RSVPs.
"""
unit = "people"
page = "events"
version = 3
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
    and activities.channel_key = (select md5_number_lower(group_id) from forecast_targets where event_id = $event_id)
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
with roots as (
    select
        targets.*
        , fits.all_events
        , fits.group_events
        , sqrt(targets.yes_now + 0.375) - fits.usual_yes_root as yes_more
        , greatest(fits.usual_came_root + fits.slope * yes_more, sqrt(0.375)) as root
        , fits.variance + fits.rate_variance * root ** 2 as event_variance
        , event_variance + fits.slope_variance * yes_more ** 2 as whole_variance
        -- Student's 90 % quantile: variances of few events are not well known.
        , (1.2816 + 0.8466 / fits.degrees + 0.57 / fits.degrees ** 2) * sqrt(whole_variance) as reach
    from forecast_targets as targets
    left join forecast_fits as fits on fits.target_id = targets.event_id and targets.yes_now > 0
)

, forecast as (
    select
        *
        , root ** 2 - 0.375 + event_variance as mean
        , if(root > reach, root - reach, 0 * reach) ** 2 - 0.375 as lower_end
        , (root + reach) ** 2 - 0.375 as upper_end
    from roots
)

select
    event_id
    , title
    , starts_at
    , yes_now
    , round(mean, 1) as expected
    , if(lower_end > 0, least(ceil(lower_end - 0.1), floor(mean)), 0 * lower_end)::bigint as low
    , greatest(floor(upper_end + 0.1), ceil(mean))::bigint as high
    , case
        when yes_now is null then 'nobody is asked to say yes'
        when yes_now = 0 then 'nobody has said yes yet'
        when all_events is null then 'no checked-in event to tell by'
        else group_events || ' checked-in events of this group, ' || all_events || ' of the community'
    end as basis
from forecast
order by event_id
