/*
title = "Waiting for an answer"
question = "Which openers has nobody else answered yet?"
definition = """
Lists the openers in the chosen time without a reply, comment or review by another person, the
longest waiting first. Waiting ends with the source's data. Sources that tell no answers, files
without any, are left out.
"""
example = """
Ada asks on 1 May and only Ada herself replies; the data ends on 4 May at the same hour: she has been
waiting for 259,200 seconds (three days).
"""
caveats = """
Announcements and small talk need no answer and are listed as well. Answers that are a new message
are not seen.
"""
unit = "seconds"
page = "conversations"
version = 1
good = "down"
records = "from activities where is_opener and activity_id = $activity_id"

[columns]
opened_at = "When it was opened, UTC"
activity_id = "The opener"
source = "Name of the source"
channel = "Name of the channel; null: outside of any"
person_id = "Who opened it"
name = "The person's name"
waiting_seconds = "Seconds up to the end of the source's data; null: nobody knows how far it reaches"
link = "Where it is; null where the platform gives no address"
*/
select
    openers.occurred_at as opened_at
    , activities.activity_id
    , openers.source
    , channels.name as channel
    , people.person_id
    , people.name
    , epoch(sources.covered_to - openers.occurred_at) as waiting_seconds
    , channels.url || '/' || activities.ref as link
from openers
join activities using (activity_key)
join people on people.person_key = openers.person_key
join sources on sources.source = openers.source
left join channels on channels.channel_key = openers.channel_key
where openers.is_chosen and openers.is_answer_known and openers.answered_at is null and activities.is_chosen
order by openers.occurred_at, activities.activity_id
