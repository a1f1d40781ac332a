/*
grain = "One row per account and country of a group that it is in, or whose events it is on the list of."
unique = ["account_key", "country"]
not_null = ["account_key", "country", "events"]

[columns]
account_key = "The account, bots and staff included"
country = "The country, as its ISO 3166-1 code of two letters"
events = "How many of these events there were; 0: it is in the group alone"
*/
with grouped as (
    select group_id, upper(country) as country
    from marts.groups
    where regexp_full_match(country, '(?i)[a-z]{2}')
)

, stated as (
    select joins.account_key, grouped.country, 0 as events
    from marts.joins
    join grouped on grouped.group_id = joins.channel_id
    union all
    select attendances.account_key, grouped.country, 1
    from marts.attendances
    join marts.events using (event_key)
    join grouped on grouped.group_id = events.group_id
    where attendances.account_key is not null and events.took_place
)

select account_key, country, sum(events)::bigint as events
from stated
group by account_key, country
