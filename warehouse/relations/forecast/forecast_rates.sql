/*
grain = "One row per number of days to go and group of a forecast_target, where any event was checked in."

[columns]
lead_days = "Days to go"
group_id = "The group; empty: none is known"
rate = "Who comes for each yes so many days before: the group's own, shrunk towards the community's"
rate_variance = "How far the rate of one event may lie from that, squared"
yes_variance = "What chance adds to it for a single yes; for n of them a part in n"
group_events = "Checked-in events of the group that it rests on"
all_events = "Checked-in events of the community that it rests on"
*/
-- Analysis of variance in one way. Of an event with y yes, came / y varies by yes_variance / y, by
-- what events of a group differ in (event_variance) and by what groups differ in (group_variance).
with group_sums as (
    select
        lead_days
        , group_id
        , count(*) as events
        , sum(yes) as yes
        , sum(yes * yes) as yes_squared
        , sum(came) as came
        , sum(came * came / yes) as came_squared
        , sum(yes_came) as yes_came
    from forecast_history
    group by lead_days, group_id
)

, totals as (
    select
        lead_days
        , sum(events) as events
        , count(*) as groups
        , sum(yes) as yes
        , sum(came) / sum(yes) as rate
        , sum(yes_came) / sum(yes) as kept
        , kept * (1 - kept) + (rate - kept) as yes_variance
        , sum(yes * yes) / sum(yes) as yes_concentration
        , sum(yes_squared) / sum(yes) as event_concentration
        , sum(yes_squared / yes) as group_concentration
        , sum(came_squared - came * came / yes) as within
        , sum(came * came / yes) - sum(came) ** 2 / sum(yes) as between_groups
    from group_sums
    group by lead_days
)

-- Few events tell little of how much events differ: four more are made up that differ by 15 %, and
-- two groups that differ by 15 %.
, differences as (
    select
        *
        , greatest(
            0
            , within - yes_variance * (events - groups) + 4 * yes / events * (0.15 * rate) ** 2
        ) / (yes - group_concentration + 4 * yes / events) as event_variance
        , greatest(
            0
            , between_groups
                - yes_variance * (groups - 1)
                - event_variance * (group_concentration - event_concentration)
                + 2 * yes / groups * (0.15 * rate) ** 2
        ) / (yes - yes_concentration + 2 * yes / groups) as group_variance
    from totals
)

, measured as (
    select
        group_sums.lead_days
        , group_sums.group_id
        , group_sums.events
        , group_sums.came / group_sums.yes as rate
        , group_variance
            + event_variance * group_sums.yes_squared / group_sums.yes ** 2
            + yes_variance / group_sums.yes as variance
    from group_sums
    join differences using (lead_days)
)

, community as (
    select lead_days, sum(rate / variance) / sum(1 / variance) as rate, 1 / sum(1 / variance) as variance
    from measured
    group by lead_days
)

, shrunk as (
    select
        asked.lead_days
        , asked.group_id
        , coalesce(differences.group_variance / measured.variance, 0) as trust
        , coalesce(measured.rate, community.rate) as own_rate
        , community.rate as common_rate
        , community.variance as common_variance
        , differences.group_variance
        , differences.event_variance
        , differences.yes_variance
        , coalesce(measured.events, 0) as group_events
        , differences.events as all_events
    from (select distinct lead_days, group_id from forecast_targets) as asked
    join differences using (lead_days)
    join community using (lead_days)
    left join measured using (lead_days, group_id)
)

select
    lead_days
    , group_id
    , trust * own_rate + (1 - trust) * common_rate as rate
    , (1 - trust) * group_variance + (1 - trust) ** 2 * common_variance + event_variance
        as rate_variance
    , yes_variance
    , group_events
    , all_events::bigint as all_events
from shrunk
