/*
title = "Members an event could reach"
question = "How many members did the group have when the event began, and where did it meet?"
definition = """
One row per event in the chosen time that was not cancelled. invited: the persons who had joined its
group and had not left the platform when it began; for an event to come, until now. members_yes:
those of them who said yes. members_attended: those of them who came: see the metric
event_attendance.
"""
example = """
Ada and Bo joined Lagos in March, Cem in June. For an event on 1 May Ada says yes and is marked attended, and Eve, who
is no member, walks in. invited 2, members_yes 1, members_attended 1.
"""
caveats = """
A person who left the group and stayed on the platform still counts as a member. invited is unknown
where no member list with dates of joining is known. Not every member sees every invitation.
"""
unit = "people"
page = "events"
version = 1
good = "neutral"
people = """
select
    members.person_key
    , coalesce(attendances.has_come, false)::bigint as activities
    , coalesce(attendances.rsvp, 'no answer') as state
from event_members as members
join events using (group_id)
left join event_attendances as attendances
    on attendances.event_id = events.event_id and attendances.person_key = members.person_key
where
    events.event_id = $event_id
    and members.joined_at <= events.starts_at
    and (members.left_at is null or members.left_at > events.starts_at)
"""
records = "from activities where kind = 'attended' and starts_with(activity_id, $event_id || ':')"

[columns]
event_id = "The event"
title = "Its title"
invited = "Members of its group when it began; null: not known"
members_yes = "Those of them who said yes; null: not known"
members_attended = "Those of them who were there; null: not known"
venue = "Where it met; null: not known"
city = "The city of the venue; null: not known"
country = "The country of the venue; null: not known"
ends_at = "When it ends, UTC; null: not known"
*/
with invited as (
    select
        events.event_id
        , count(*) as invited
        , count(*) filter (attendances.rsvp = 'yes') as members_yes
        , count(*) filter (attendances.has_come) as members_attended
    from events
    join event_members as members
        on members.group_id = events.group_id
        and members.joined_at <= events.starts_at
        and (members.left_at is null or members.left_at > events.starts_at)
    left join event_attendances as attendances
        on attendances.event_id = events.event_id and attendances.person_key = members.person_key
    where events.is_chosen
    group by events.event_id
)

select
    events.event_id
    , events.title
    , invited.invited
    , case when events.is_listed then invited.members_yes end as members_yes
    , case
        when events.is_listed and events.attendance_basis is not null
        then invited.members_attended
    end as members_attended
    , events.venue
    , events.city
    , events.country
    , events.ends_at
from events
left join invited using (event_id)
where events.is_chosen
order by events.event_id
