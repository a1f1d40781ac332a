/*
grain = "One row per sponsorship and event that took place in its time and that it is for."
unique = ["number", "event_key"]
not_null = ["number", "event_key"]

[columns]
number = "The sponsorship"
event_key = "The event, as a number"
*/
select sponsorships.number, events.event_key
from marts.sponsorships
join marts.events
    on events.date >= sponsorships.from_date and events.date < sponsorships.to_date
left join marts.groups using (group_id)
where
    events.took_place
    and (
        list_contains(sponsorships.events, events.event_id)
        or list_contains(sponsorships.events, events.url)
        or list_contains(sponsorships.groups, events.group_id)
        or list_contains(sponsorships.groups, groups.name)
        or list_contains(sponsorships.sources, events.source)
        or len(sponsorships.events || sponsorships.groups || sponsorships.sources) = 0
    )
