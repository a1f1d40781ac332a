/*
title = "From events to contributions"
question = "How many who come to an event join, take part and contribute afterwards?"
definition = """
The CHAOSS conversion rate. came: the persons who were at an event in the chosen time; where
nobody was checked in, a yes counts as having come. The next stages are counted from the first of
these events. joined: those who then joined another platform or starred a repository; where no
member list tells when they joined, their first activity there counts as joining. took_part:
those of joined who took part since, other than at an event. contributed: those of took_part
who contributed code (a commit or a pull request), or answered another person with a reply, comment
or review. comparison_share is the same share among the persons who joined any source in the chosen
time and were never at an event, counted from their joining. All but came is unknown where no
account of an event is known to belong to a person with an account elsewhere. low, high: 95 %
interval of share_of_previous (Wilson).
"""
example = """
Ada, Bo, Cem and Dee are at an event on 1 May. Ada and Bo join Slack on 2 May, Cem stars a repository, Dee was on
Slack before. Ada asks there, Bo answers her, and Ada herself. came 4; joined 3 (0.75); took_part 2 (0.67);
contributed 1 (0.5). Eve and Fay join Slack in May and never come; Eve asks: comparison_share of joined is 1, of
took_part 0.5, of contributed 0.
"""
caveats = """
A person who was on every platform before the event counts in came alone, because nothing was
converted. In the comparison everybody who joined a platform is in joined: compare took_part and
contributed. Late attendees have had less time. Not everybody who says yes comes. Accounts on two
sources count as one person only where they are known to be one person's; until then the shares are
too low.
"""
unit = "people"
page = "events"
version = 2
good = "up"
people = """
select
    person_key
    , 1 + has_joined::bigint + has_taken_part::bigint + has_contributed::bigint as activities
from event_converts
where has_come and case $stage
    when 'came' then true
    when 'joined' then has_joined
    when 'took_part' then has_taken_part
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
        when 'came' then activities.kind = 'attended' and activities.is_chosen
        when 'joined' then event_converts.has_joined and activities.kind in ('attended', 'star')
        when 'took_part' then event_converts.has_taken_part and activities.is_participation
        else event_converts.has_contributed and activities.is_participation
    end
"""

[columns]
stage = "came: to an event; joined: then joined another platform or starred; took_part; contributed"
persons = "Persons who came so far; null: no chosen source could tell"
share_of_previous = "persons / persons of the stage before"
comparison_share = "The same share among persons who joined and never came; null without one"
low = "Lower end of the 95 % interval of share_of_previous"
high = "Upper end of the 95 % interval of share_of_previous"
comparison_persons = "Persons who joined, never came, and got so far"
persons_before = "Persons of the stage before"
comparison_persons_before = "Those who joined and never came, of the stage before"

[shares]
share_of_previous = "persons_before"
comparison_share = "comparison_persons_before"
*/
with stages as (
    select
        has_come
        , unnest(['came', 'joined', 'took_part', 'contributed']) as stage
        , unnest([true, has_joined, has_taken_part, has_contributed]) as has_reached
    from event_converts
)

, counted as (
    select
        names.stage
        , names.number
        , count(*) filter (has_come and has_reached) as persons
        , count(*) filter (not has_come and has_reached) as others
    from (
        select
            unnest(['came', 'joined', 'took_part', 'contributed']) as stage
            , generate_subscripts(['came', 'joined', 'took_part', 'contributed'], 1) as number
    ) as names
    left join stages using (stage)
    group by names.stage, names.number
)

, known as (
    select
        stage
        , number
        , if(is_known, persons, null) as persons
        , if(is_known, others, null) as others
        , lag(persons) over (order by number) as previous
        , lag(others) over (order by number) as previous_others
    from (
        select *, stage = 'came' or exists (from event_links) as is_known
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
    , previous as persons_before
    , previous_others as comparison_persons_before
from known
order by number
