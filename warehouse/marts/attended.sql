/*
grain = "One row per event and account that was there: the activities of the kind attended."
unique = ["activity_id"]
not_null = ["event_key", "activity_key", "activity_id", "source", "kind", "account_key", "occurred_at", "date", "hour"]
refresh_by = "event"

[columns]
event_key = "The event, as a number"
activity_key = "A number that stands for activity_id"
activity_id = "The event and the account"
source = "Name of the source"
kind = "attended"
account_key = "The account, bots and staff included"
account_id = "The same as text"
channel_key = "The group that held the event, as a number; null: none is known"
occurred_at = "When the event began, UTC"
date = "Local date of that"
hour = "Local hour of that"
ref = "The last part of its link"
is_by_rsvp = "A yes alone says so: nobody was checked in there"
*/
select
    attendances.event_key
    , md5_number_lower(attendances.event_id || ':' || attendances.account_id) as activity_key
    , attendances.event_id || ':' || attendances.account_id as activity_id
    , attendances.source
    , 'attended' as kind
    , attendances.account_key
    , attendances.account_id
    , if(events.group_id is null, null, md5_number_lower(events.group_id)) as channel_key
    , attendances.starts_at as occurred_at
    , attendances.date
    , hour(attendances.starts_at at time zone 'UTC' at time zone settings.timezone)::utinyint as hour
    , case
        when starts_with(events.url, channels.url || '/')
        then rtrim(events.url[length(channels.url) + 2:], '/')
    end as ref
    , attendances.check_in is null as is_by_rsvp
from marts.attendances
join marts.events using (event_key)
cross join marts.settings
left join marts.channels on channels.channel_id = events.group_id
where
    attendances.has_come
    and attendances.account_id is not null
    and attendances.event_key in (select event_key from changed_events)
