/*
grain = "One row per forecast_target before which a checked-in event had a yes as long before its start."

[columns]
target_id = "The event to come"
slope = "By how much the root of who comes grows with the root of the yes"
usual_yes_root = "Mean root of the yes at the past events of the target's group; without any, of all"
usual_came_root = "The root of who comes to an event of the group with so many yes"
variance = "How far the root of one such event may lie from that, by chance and by how little is known of the group, squared"
rate_variance = "What every person who is expected adds to that: events differ by a share of their size"
slope_variance = "How far the slope may be wrong, squared"
degrees = "Degrees of freedom of the variances"
group_events = "Checked-in events of the group that it rests on"
all_events = "Checked-in events of the community that it rests on"
*/
-- Analysis of covariance with random effects: who came over the yes of then, both as roots, whose
-- chance is even; one slope for all, and a height for each group.
with roots as (
    select *, sqrt(yes + 0.375) as root_of_yes, sqrt(came + 0.375) as root_of_came
    from forecast_history
)

, group_sums as (
    select
        target_id
        , group_id
        , count(*) as group_events
        , sum(weight) as group_weight
        , sum(weight * yes) as yes
        , sum(weight * yes_came) as yes_came
        , sum(weight * came) as came
        , sum(weight * root_of_yes) / group_weight as yes_root
        , sum(weight * root_of_came) / group_weight as came_root
        , sum(weight * root_of_yes ** 2) - group_weight * yes_root ** 2 as yes_squares
        , sum(weight * root_of_yes * root_of_came) - group_weight * yes_root * came_root
            as products
        , sum(weight * root_of_came ** 2) - group_weight * came_root ** 2 as came_squares
    from roots
    group by target_id, group_id
)

-- Few events tell little. Made up are two more that differ by chance and by 10 %, two groups that
-- differ by 15 %, and a slope at which those who said yes come as often as before, and as many more
-- as usual; it weighs as much as roots of the yes that are a square of 2 apart.
, totals as (
    select
        target_id
        , sum(group_events) as events
        , sum(group_weight) as weight
        , count(*) as groups
        , sum(group_weight ** 2) as squared_weights
        , sum(group_weight * yes_root) / sum(group_weight) as yes_root
        , sum(yes) / sum(group_weight) as mean_yes
        , sum(came) / sum(group_weight) as mean_came
        , sum(yes_came) / sum(yes) as kept
        , kept * sum(group_weight * yes_root) / sum(group_weight * came_root) as usual_slope
        , sum(yes_squares) + 2 as slope_weight
        , (sum(products) + 2 * usual_slope) / slope_weight as slope
        , sum(came_squares) - 2 * slope * sum(products) + slope ** 2 * sum(yes_squares) as within
        , (kept * (1 - kept) * mean_yes + greatest(mean_came - kept * mean_yes, 0))
            / (4 * greatest(mean_came, 0.5)) as chance
        , greatest(weight - groups, 0) + 2 as degrees
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
        , group_sums.group_weight
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
            , sum(heights.group_weight * height ** 2)
                - sum(heights.group_weight * height) ** 2 / any_value(totals.weight)
                - (any_value(groups) - 1) * any_value(event_variance)
                + 2 * any_value(totals.weight / groups * 0.15 ** 2 * mean_came / 4)
        ) / any_value(
            totals.weight - squared_weights / totals.weight + 2 * totals.weight / groups
        ) as group_variance
    from heights
    join totals using (target_id)
    group by target_id
)

, community as (
    select
        target_id
        , sum(height / (group_variance + event_variance / heights.group_weight))
            / sum(1 / (group_variance + event_variance / heights.group_weight)) as height
        , 1 / sum(1 / (group_variance + event_variance / heights.group_weight)) as variance
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
        , least(totals.chance, totals.event_variance) as chance
        , (totals.event_variance - least(totals.chance, totals.event_variance))
            / greatest(totals.mean_came, 0.5) as rate_variance
        , totals.events as all_events
        , groups_differ.group_variance
        , community.variance as common_variance
        , coalesce(own.group_events, 0) as group_events
        , coalesce(own.yes_root, totals.yes_root) as usual_yes_root
        , coalesce(group_variance / (group_variance + event_variance / own.group_weight), 0) as trust
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
    , chance + (1 - trust) * group_variance + (1 - trust) ** 2 * common_variance as variance
    , rate_variance
    , event_variance / slope_weight as slope_variance
    , degrees
    , group_events
    , all_events::bigint as all_events
from shrunk
