/*
grain = "One row per event on the chosen sources that was not cancelled, over or to come."

[columns]
event_id = "The event"
source = "Name of its source"
group_id = "The group that held it, a channel; null: none is known"
group_name = "Name of the group"
title = "Its title"
starts_at = "When it begins, UTC"
utc_offset_minutes = "The event's own clock at its start, minutes ahead of UTC; null: not known"
date = "Date of its start in the community's time zone"
period = "First day of its period of the chosen grain"
is_chosen = "Its date is in the chosen time"
took_place = "It is over, or had begun when the source was last read"
is_online = "Nobody meets in a room; null: not known"
capacity = "How many may come; null: not limited or not known"
url = "Its address"
attendance_basis = "checked_in: somebody was marked at the door; rsvp: nobody was; null: to come, or nobody was asked"
is_listed = "It is known who answered, or who came, account by account"
stated_interested = "The platform's own total; this and the following are null where it tells none"
stated_yes = "The platform's own total"
stated_no = "The platform's own total"
stated_waitlist = "The platform's own total"
stated_attended = "The platform's own total"
stated_guests = "The platform's own total"
ends_at = "When it ends, UTC; null: not known"
venue = "Where it meets; null: not known"
city = "The city of the venue; null: not known"
country = "The country of the venue; null: not known"
latitude = "Where the venue is; null: not known"
longitude = "Where the venue is; null: not known"
*/
select
    gatherings.event_id
    , gatherings.source
    , gatherings.group_id
    , coalesce(groups.name, channels.name) as group_name
    , gatherings.title
    , gatherings.starts_at
    , gatherings.utc_offset_minutes
    , gatherings.date
    , period_of(gatherings.date) as period
    , is_in_chosen_time(gatherings.date) as is_chosen
    , gatherings.took_place
    , gatherings.is_online
    , gatherings.capacity
    , gatherings.url
    , gatherings.attendance_basis
    , gatherings.is_listed
    , gatherings.stated_interested
    , gatherings.stated_yes
    , gatherings.stated_no
    , gatherings.stated_waitlist
    , gatherings.stated_attended
    , gatherings.stated_guests
    , gatherings.ends_at
    , gatherings.venue
    , gatherings.city
    , gatherings.country
    , gatherings.latitude
    , gatherings.longitude
from facts.gatherings
join sources using (source)
left join event_groups as groups using (group_id)
left join channels on channels.channel_key = hash(gatherings.group_id)
where gatherings.status <> 'cancelled'
