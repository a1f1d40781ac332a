/*
grain = "One row per forecast_target before which a checked-in event had a yes as long before its start."

[columns]
target_id = "The event to come"
slope = "By how much the root of who comes grows with the root of the yes"
usual_yes_root = "Mean root of the yes at the past events of the target's group; without any, of all"
usual_came_root = "The root of who comes to an event of the group with so many yes"
variance = "How far the root of one such event may lie from that, squared"
slope_variance = "How far the slope may be wrong, squared"
degrees = "Degrees of freedom of the variances"
group_events = "Checked-in events of the group that it rests on"
all_events = "Checked-in events of the community that it rests on"
*/
-- Analysis of covariance with random effects: who came over the yes of then, both as roots, which
-- vary evenly; one slope for all, and a height for each group.
with group_sums as (
    select
        target_id
        , group_id
        , count(*) as group_events
        , sum(yes) as yes
        , sum(yes_came) as yes_came
        , sum(came) as came
        , avg(sqrt(yes + 0.375)) as yes_root
        , avg(sqrt(came + 0.375)) as came_root
        , regr_sxx(sqrt(came + 0.375), sqrt(yes + 0.375)) as yes_squares
        , regr_sxy(sqrt(came + 0.375), sqrt(yes + 0.375)) as products
        , regr_syy(sqrt(came + 0.375), sqrt(yes + 0.375)) as came_squares
    from forecast_history
    group by target_id, group_id
)

-- Few events tell little. Made up are two more that differ by chance and by 10 %, two groups that
-- differ by 15 %, and a slope at which those who said yes come as often as before, and as many more
-- as usual; it weighs as much as roots of the yes that are a square of 2 apart.
, totals as (
    select
        target_id
        , sum(group_events) as events
        , count(*) as groups
        , sum(group_events * group_events) as squared_events
        , sum(group_events * yes_root) / sum(group_events) as yes_root
        , sum(yes) / sum(group_events) as mean_yes
        , sum(came) / sum(group_events) as mean_came
        , sum(yes_came) / sum(yes) as kept
        , kept * sum(group_events * yes_root) / sum(group_events * came_root) as usual_slope
        , sum(yes_squares) + 2 as slope_weight
        , (sum(products) + 2 * usual_slope) / slope_weight as slope
        , sum(came_squares) - 2 * slope * sum(products) + slope ** 2 * sum(yes_squares) as within
        , (kept * (1 - kept) * mean_yes + greatest(mean_came - kept * mean_yes, 0))
            / (4 * greatest(mean_came, 0.5)) as chance
        , events - groups + 2 as degrees
        , (within + 2 * (chance + 0.1 ** 2 * mean_came / 4)) / degrees as event_variance
    from group_sums
    group by target_id
    having sum(yes) > 0
)

, heights as (
    select
        group_sums.target_id
        , group_sums.group_id
        , group_sums.group_events
        , group_sums.yes_root
        , group_sums.came_root - totals.slope * group_sums.yes_root as height
    from group_sums
    join totals using (target_id)
)

, groups_differ as (
    select
        target_id
        , greatest(
            0
            , sum(heights.group_events * height ** 2)
                - sum(heights.group_events * height) ** 2 / any_value(totals.events)
                - (any_value(groups) - 1) * any_value(event_variance)
                + 2 * any_value(totals.events / groups * 0.15 ** 2 * mean_came / 4)
        ) / any_value(
            totals.events - squared_events / totals.events + 2 * totals.events / groups
        ) as group_variance
    from heights
    join totals using (target_id)
    group by target_id
)

, community as (
    select
        target_id
        , sum(height / (group_variance + event_variance / heights.group_events))
            / sum(1 / (group_variance + event_variance / heights.group_events)) as height
        , 1 / sum(1 / (group_variance + event_variance / heights.group_events)) as variance
    from heights
    join groups_differ using (target_id)
    join totals using (target_id)
    group by target_id
)

, shrunk as (
    select
        targets.event_id as target_id
        , totals.slope
        , totals.slope_weight
        , totals.degrees
        , totals.event_variance
        , totals.events as all_events
        , groups_differ.group_variance
        , community.variance as common_variance
        , coalesce(own.group_events, 0) as group_events
        , coalesce(own.yes_root, totals.yes_root) as usual_yes_root
        , coalesce(group_variance / (group_variance + event_variance / own.group_events), 0) as trust
        , trust * coalesce(own.height, 0) + (1 - trust) * community.height as height
    from forecast_targets as targets
    join totals on totals.target_id = targets.event_id
    join groups_differ using (target_id)
    join community using (target_id)
    left join heights as own on own.target_id = targets.event_id and own.group_id = targets.group_id
)

select
    target_id
    , slope
    , usual_yes_root
    , height + slope * usual_yes_root as usual_came_root
    , event_variance + (1 - trust) * group_variance + (1 - trust) ** 2 * common_variance as variance
    , event_variance / slope_weight as slope_variance
    , degrees::bigint as degrees
    , group_events
    , all_events::bigint as all_events
from shrunk
