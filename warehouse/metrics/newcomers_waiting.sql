/*
title = "Newcomers nobody has greeted"
question = "Which newcomers wrote something, and nobody has answered or reacted yet?"
definition = """
Lists the persons who joined, or took part for the first time, in the chosen time, and whose first
message, reply, issue, pull request, discussion, comment or review in it got no answer and no reaction
from another person, and was not followed by another person in its thread. The longest waiting comes
first. Waiting ends with the source's data. Sources that tell no answers, files without any, are left
out.
"""
example = """
Ada, Bo and Cem are new and say hello on 1 May. Dee answers Ada, and reacts to Bo's message. The data ends
on 4 May at the same hour: Cem has been waiting for 259,200 seconds (three days).
"""
caveats = """
A welcome in a new message or a direct message is not seen. A newcomer who has not written anything is
not listed. Where a platform does not name who reacted, the reaction does not count.
"""
unit = "seconds"
page = "today"
version = 1
good = "down"
records = "from activities where activity_id = $activity_id"

[columns]
written_at = "When the first message was written, UTC"
activity_id = "The message"
source = "Name of the source"
channel = "Name of the channel; null: outside of any"
person_id = "Who wrote it"
name = "The person's name"
waiting_seconds = "Seconds up to the end of the source's data; null: nobody knows how far it reaches"
link = "Where it is; null where the platform gives no address"
*/
select
    first_messages.occurred_at as written_at
    , activities.activity_id
    , activities.source
    , channels.name as channel
    , people.person_id
    , people.name
    , epoch(sources.covered_to - first_messages.occurred_at) as waiting_seconds
    , channels.url || '/' || activities.ref as link
from first_messages
join activities
    on activities.activity_key = first_messages.activity_key
    and activities.date = first_messages.date
join people on people.person_key = first_messages.person_key
join sources on sources.source = activities.source
left join channels on channels.channel_key = activities.channel_key
where
    activities.date >= getvariable('start')
    and first_messages.is_answer_known
    and not first_messages.is_noticed
order by first_messages.occurred_at, activities.activity_id
