/*
grain = "One row per group and person on its member list, whatever the chosen time."

[columns]
group_id = "The group, a channel"
person_key = "The person"
joined_at = "When the person joined the group first, UTC"
left_at = "When the person left the platform, at the latest, UTC; null: still there"
*/
select
    joins.channel_id as group_id
    , authors.person_key
    , min(joins.joined_at) as joined_at
    , case
        when count(memberships.left_at) = count(*) then max(memberships.left_at)
    end as left_at
from marts.joins
join event_groups on event_groups.group_id = joins.channel_id
join authors using (account_key)
left join marts.memberships on memberships.account_key = authors.account_key
group by joins.channel_id, authors.person_key
