/*
grain = "One row per person on a member list of the chosen sources."

[columns]
person_key = "The person"
joined_at = "When the person joined first, UTC; null: unknown"
joined_date = "The same as a date in the community's time zone"
counted_date = "From which date the person counts as on the list"
left_date = "On which date the person left last, at the latest; null: still there"
*/
with persons as (
    select
        authors.person_key
        , min(memberships.joined_at) as joined_at
        , min(memberships.counted_from) as counted_from
        , case
            when count(memberships.left_at) = count(*) then max(memberships.left_at)
        end as left_at
    from marts.memberships
    join authors using (account_key)
    group by authors.person_key
)

select
    person_key
    , joined_at
    , (joined_at at time zone 'UTC' at time zone settings.timezone)::date as joined_date
    , (counted_from at time zone 'UTC' at time zone settings.timezone)::date as counted_date
    , (left_at at time zone 'UTC' at time zone settings.timezone)::date as left_date
from persons
cross join facts.settings as settings
