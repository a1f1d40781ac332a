/*
grain = "One row per event that took place."
title = "Events"
definition = """
What the metrics event_attendance, event_invited, event_after and event_conversion say of each event that
took place. followed: the persons who came and took part otherwise within 30 days after. comparison_share:
the same share among the persons who joined in the event's quarter and never came to one.
"""
caveats = """
On the basis rsvp a yes counts as having come. The people who came may have taken part anyway.
"""
version = 1

[columns]
period = "First day of its quarter"
event_id = "The event"
source = "Name of its source"
group = "The group that held it; null: none is known"
title = "Its title"
starts_at = "When it began, UTC"
is_online = "Nobody met in a room; null: not known"
capacity = "How many could come; null: not limited or not known"
invited = "Members of its group when it began; null: not known"
yes = "Who said yes, whatever came of it; null: not known"
no = "Who said no"
waitlist = "Who waited for a place"
attended = "Who was there; null: not known"
walk_ins = "Who was there without a yes; null unless checked in"
attendance_basis = "What attended rests on: checked_in or rsvp"
show_rate = "Who was there with a yes / yes; null unless checked in"
no_show_rate = "1 - show_rate"
first_timers = "Persons whose first event ever it was"
returning = "Persons who had been at an event before"
followed = "Persons who came and took part otherwise within 30 days after; null: not known"
follow_share = "followed / the known persons who came; null until the 30 days are over"
comparison_share = "The same share among persons who joined in the quarter and never came"
comparison_persons = "Persons who joined in the quarter and never came"
*/
with lists as (
    select event_id, count(distinct person_key) as listed
    from event_attendances
    group by event_id
)

select
    events.period
    , came.event_id
    , came.source
    , came."group"
    , came.title
    , came.starts_at
    , came.is_online
    , came.capacity
    , invited.invited
    , came.yes
    , came.no
    , came.waitlist
    , came.attended
    , came.walk_ins
    , came.attendance_basis
    , came.show_rate
    , came.no_show_rate
    , came.first_timers
    , came.returning
    , followed.members as followed
    , followed.share as follow_share
    , compared.comparison_share
    , compared.comparison_persons
    , came.group_id
    , lists.listed
from metric_event_attendance as came
join events using (event_id)
left join lists using (event_id)
left join metric_event_invited as invited using (event_id)
left join metric_event_after as followed
    on followed.event_id = came.event_id and followed.kind = '*'
left join metric_event_conversion as compared on compared.period = events.period
where events.took_place
order by events.period, came.event_id
