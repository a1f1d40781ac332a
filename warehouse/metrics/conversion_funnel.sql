/*
title = "From events to contributions"
question = "How many who come to an event join, take part and contribute afterwards?"
definition = """
The CHAOSS conversion rate. A: the persons who were at an event in the chosen time. The next stages
are counted from the first of these events. D0: the persons of A who then joined another platform or
starred a repository; where no member list tells when they joined, their first activity there counts
as joining. D1: the persons of D0 who took part since, other than at an event. D2: the persons of D1
who contributed code (a commit or a pull request), or answered another person with a reply, comment
or review. comparison_share is the same share among the persons who joined any source in the chosen
time and were never at an event, counted from their joining. All but A is unknown where no account
of an event is known to belong to a person with an account elsewhere. low, high: 95 % interval of
share_of_previous (Wilson).
"""
example = """
Ada, Bo, Cem and Dee are at an event on 1 May. Ada and Bo join Slack on 2 May, Cem stars a repository, Dee was on
Slack before. Ada asks there, Bo answers her, and Ada herself. A 4; D0 3 (0.75); D1 2 (0.67); D2 1 (0.5). Eve and Fay join
Slack in May and never come; Eve asks: comparison_share of D0 is 1, of D1 0.5, of D2 0.
"""
caveats = """
A person who was on every platform before the event counts in A alone, because nothing was
converted. In the comparison everybody who joined a platform is in D0: compare D1 and D2. Late
attendees have had less time. Accounts on two sources count as one person only where they are known
to be one person's; until then the shares are too low.
"""
unit = "people"
page = "events"
version = 1
good = "up"
people = """
select
    person_key
    , 1 + has_joined::bigint + has_taken_part::bigint + has_contributed::bigint as activities
from event_converts
where has_come and case $stage
    when 'A' then true
    when 'D0' then has_joined
    when 'D1' then has_taken_part
    else has_contributed
end
"""
records = """
select activities.*
from activities
join event_converts using (person_key)
where
    event_converts.has_come
    and activities.date >= getvariable('start')
    and case $stage
        when 'A' then activities.kind = 'attended' and activities.is_chosen
        when 'D0' then event_converts.has_joined and activities.kind in ('attended', 'star')
        when 'D1' then event_converts.has_taken_part and activities.is_participation
        else event_converts.has_contributed and activities.is_participation
    end
"""

[columns]
stage = "A: came to an event; D0: then joined or starred; D1: took part; D2: contributed"
persons = "Persons who came so far; null: no chosen source could tell"
share_of_previous = "persons / persons of the stage before"
comparison_share = "The same share among persons who joined and never came; null without one"
low = "Lower end of the 95 % interval of share_of_previous"
high = "Upper end of the 95 % interval of share_of_previous"
comparison_persons = "Persons who joined, never came, and got so far"
*/
with stages as (
    select
        has_come
        , unnest(['A', 'D0', 'D1', 'D2']) as stage
        , unnest([true, has_joined, has_taken_part, has_contributed]) as has_reached
    from event_converts
)

, counted as (
    select
        names.stage
        , count(*) filter (has_come and has_reached) as persons
        , count(*) filter (not has_come and has_reached) as others
    from (select unnest(['A', 'D0', 'D1', 'D2']) as stage) as names
    left join stages using (stage)
    group by names.stage
)

, known as (
    select
        stage
        , if(is_known, persons, null) as persons
        , if(is_known, others, null) as others
        , lag(persons) over (order by stage) as previous
        , lag(others) over (order by stage) as previous_others
    from (
        select *, stage = 'A' or exists (from event_links) as is_known
        from counted
    )
)

select
    stage
    , persons
    , persons / nullif(previous, 0) as share_of_previous
    , others / nullif(previous_others, 0) as comparison_share
    , share_low(persons, previous) as low
    , share_high(persons, previous) as high
    , others as comparison_persons
from known
order by stage
