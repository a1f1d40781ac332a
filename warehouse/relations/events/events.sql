/*
grain = "One row per event on the chosen sources that was not cancelled, over or to come."

[columns]
event_key = "A number that stands for event_id"
event_id = "The event"
source = "Name of its source"
title = "Its title"
starts_at = "When it begins, UTC"
ends_at = "When it ends, UTC; null: not known"
group_id = "The group that held it, a channel; null: none is known"
utc_offset_minutes = "The event's own clock at its start, minutes ahead of UTC; null: not known"
is_online = "Nobody meets in a room; null: not known"
capacity = "How many may come; null: not limited or not known"
venue = "Where it meets; null: not known"
city = "The city of the venue; null: not known"
country = "The country of the venue; null: not known"
url = "Its address"
stated_interested = "The platform's own total; this and the following are null where it states none"
stated_yes = "The platform's own total"
stated_no = "The platform's own total"
stated_waitlist = "The platform's own total"
stated_attended = "The platform's own total"
stated_guests = "The platform's own total"
date = "Date of its start in the community's time zone"
took_place = "It is over, or had begun when the source was last read"
is_to_come = "It begins after the present; an event that is past and of which nothing was read since is not"
group_name = "Name of the group"
period = "First day of its period of the chosen grain"
is_chosen = "Its date is in the chosen time"
attendance_basis = "checked_in: somebody was checked in; rsvp: nobody was; null: to come, or nobody was asked"
is_listed = "It is known who gave an RSVP, or who came, account by account"
*/
select
    events.* exclude (status, latitude, longitude, stated_no_show)
    , not events.took_place and coalesce(events.starts_at > sources.present_at, true) as is_to_come
    , coalesce(groups.name, channels.name) as group_name
    , period_of(events.date) as period
    , is_in_chosen_time(events.date) as is_chosen
    , bases.attendance_basis
    , bases.is_listed
from marts.events
join marts.attendance_bases as bases using (event_key)
join sources using (source)
left join event_groups as groups using (group_id)
left join channels on channels.channel_key = md5_number_lower(events.group_id)
where events.status <> 'cancelled'
