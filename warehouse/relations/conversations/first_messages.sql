/*
grain = "One row per person who joined, or took part for the first time, in the chosen time, and wrote something in it: the first thing that others could answer."

[columns]
person_key = "The person"
activity_key = "The first message, reply, issue, pull request, discussion, comment or review in the chosen time, as a number"
date = "Its date in the community's time zone"
occurred_at = "When, UTC"
is_answer_known = "Its source can tell answers; files without any answer may come from an export without them"
is_noticed = "Another person, staff included, answered it, reacted to it, or wrote later in its thread"
*/
with newcomers as (
    select memberships.person_key
    from memberships
    where is_in_chosen_time(memberships.joined_date)
    union
    select participants.person_key
    from participants
    cross join marts.settings
    where is_in_chosen_time(local_date(participants.first_at, settings.timezone))
)

, written as (
    select
        authors.person_key
        , activities.source
        , activities.activity_key
        , activities.parent_key
        , activities.date
        , activities.occurred_at
    from marts.activities
    join authors using (account_key)
    semi join newcomers on newcomers.person_key = authors.person_key
    where
        is_in_chosen_time(activities.date)
        and activities.kind in (select kind from marts.kinds where is_opener or is_answer)
    qualify row_number() over (
        partition by authors.person_key order by activities.occurred_at, activities.activity_id
    ) = 1
)

-- A message in a thread is followed by others in it, which answer the thread's first message.
, threads as (
    select person_key, occurred_at, unnest([activity_key, parent_key]) as parent_key
    from written
)

, noticed as (
    select distinct threads.person_key
    from threads
    join marts.activities as later using (parent_key)
    join marts.authors on authors.account_key = later.account_key
    where
        later.date >= getvariable('start')
        and later.occurred_at >= threads.occurred_at
        and not authors.is_bot
        and authors.person_key <> threads.person_key
)

select
    written.person_key
    , written.activity_key
    , written.date
    , written.occurred_at
    , written.source in (
        select source from marts.source_reads where has_synced or has_answers
    ) as is_answer_known
    , written.person_key in (select person_key from noticed) as is_noticed
from written
