/*
grain = "One row per person who was at an event in the chosen time, or who joined in it and never was at one."

[columns]
person_key = "The person"
has_come = "The person was at an event; else joined and never was"
has_joined = "Joined another platform after that, or starred a repository"
has_taken_part = "And took part since"
has_contributed = "And contributed code, or an answer to another person"
*/
with beginnings as (
    select person_key, true as has_come, min(starts_at) as since
    from event_visits
    where is_chosen
    group by person_key
    union all
    select person_key, false, joined_at
    from event_newcomers
    where is_chosen
)

-- Where no member list tells, the first act on a platform stands for joining it.
, arrivals as (
    select
        authors.person_key
        , coalesce(min(memberships.joined_at), min(spans.first_at)) as arrived_at
    from authors
    semi join online_sources using (source)
    left join marts.memberships using (account_key)
    left join marts.account_spans as spans using (account_key)
    group by authors.account_key, authors.person_key
)

, joined as (
    select distinct beginnings.person_key
    from beginnings
    join arrivals using (person_key)
    where arrivals.arrived_at >= beginnings.since
    union
    select distinct beginnings.person_key
    from beginnings
    join activities using (person_key)
    where activities.kind = 'star' and activities.occurred_at > beginnings.since
)

, acts as (
    select activities.*
    from activities
    join beginnings using (person_key)
    semi join joined using (person_key)
    where
        activities.is_participation
        and activities.kind <> 'attended'
        and activities.occurred_at > beginnings.since
)

, contributors as (
    select person_key
    from acts
    where kind in ('commit', 'pull_request')
    union
    select acts.person_key
    from acts
    join marts.activities as answers using (activity_key)
    join marts.activities as answered on answered.activity_key = answers.parent_key
    join marts.authors as others on others.account_key = answered.account_key
    where
        acts.kind in (select kind from marts.kinds where is_answer)
        and others.person_key <> acts.person_key
        and not others.is_bot
)

select
    person_key
    , has_come
    , person_key in (select person_key from joined) as has_joined
    , person_key in (select person_key from acts) as has_taken_part
    , person_key in (select person_key from contributors) as has_contributed
from beginnings
