/*
title = "Channels"
question = "Which channels are active, who takes part in them, and which fall silent?"
definition = """
Counts per channel the participations in the chosen time, the persons who made them, and the openers
among them. It gives the share of these openers that another person answered, and the time of the
last participation.
"""
example = """
In #help Ada asks twice and Bo answers once: 3 participations, 2 members, 2 openers, share_answered 0.5.
"""
caveats = """
Channels without a participation in the chosen time are not listed. Private channels may not be
seen.
"""
unit = "participations"
page = "conversations"
version = 2
good = "neutral"
records = """
select activities.*
from activities
left join channels using (channel_key)
where
    is_participation
    and is_chosen
    and activities.source = $source
    and channels.name is not distinct from $channel
"""

[columns]
source = "Name of the source"
channel = "Name of the channel, with its place or id where two have one; null: outside of any"
participations = "Participations in the chosen time"
members = "Persons who made them"
openers = "Openers among them"
share_answered = "Openers that another person answered / openers; null without openers, or where the source tells no answers"
last_at = "Time of the last participation, UTC"

[shares]
share_answered = "openers"

[totals]
busiest_share = "list_sum(max(participations, 3)) / sum(participations)"
*/
with counted as (
    select
        source
        , channel_key
        , count(*) as participations
        , count(distinct person_key) as members
        , max(occurred_at) as last_at
    from activities
    where is_participation and date >= getvariable('start') and is_chosen
    group by all
)

, answered as (
    select
        source
        , channel_key
        , count(*) as openers
        , if(bool_or(is_answer_known), count(answered_at), null) as answered
    from openers
    where is_chosen
    group by all
)

select
    counted.source
    , channels.name as channel
    , counted.participations
    , counted.members
    , coalesce(answered.openers, 0) as openers
    , answered.answered / answered.openers as share_answered
    , counted.last_at
from counted
left join answered
    on answered.source = counted.source
    and answered.channel_key is not distinct from counted.channel_key
left join channels on channels.channel_key = counted.channel_key
order by counted.source, channel, counted.channel_key
