/*
grain = "One row per account on a member list."
unique = ["account_key"]
not_null = ["account_key", "counted_date"]

[columns]
account_key = "The account"
joined_at = "When it joined, UTC; null: unknown"
joined_date = "The same as a local date"
counted_date = "From which local date it counts as on the member list: when it joined, else the source's first list, at the latest when it left"
left_at = "When it left or was deactivated, at the latest, UTC, not before it joined or took part last; null: it is still there"
left_date = "The same as a local date"
*/
with entries as (
    select joins.account_key, min(joins.joined_at) as entered_at
    from marts.joins
    left join marts.channels using (channel_id)
    where joins.channel_id is null or channels.is_general
    group by joins.account_key
)

, first_lists as (
    select source, min(first_seen_at) as listed_at
    from marts.accounts
    where is_listed
    group by source
)

, dated as (
    select
        authors.account_key
        , coalesce(
            accounts.stated_joined_at
            , entries.entered_at
            , accounts.profile_joined_at
            , spans.first_at
            , case when accounts.first_seen_at > first_lists.listed_at then first_seen_at end
        ) as joined_at
        , first_lists.listed_at
        , accounts.left_at
        , spans.last_date
    from marts.accounts
    join first_lists using (source)
    join marts.authors using (account_id)
    left join entries using (account_key)
    left join marts.account_spans as spans using (account_key)
    where accounts.is_listed
)

-- What a platform says about leaving may be the last change of a profile, which can be earlier.
, bounded as (
    select
        dated.account_key
        , dated.joined_at
        , dated.listed_at
        , settings.timezone
        , case
            when dated.left_at is not null
                then greatest(
                    dated.left_at
                    , dated.joined_at
                    , dated.last_date::timestamp at time zone settings.timezone at time zone 'UTC'
                )
        end as left_at
    from dated
    cross join marts.settings
)

select
    account_key
    , joined_at
    , (joined_at at time zone 'UTC' at time zone timezone)::date as joined_date
    , coalesce(
        joined_date
        , (least(listed_at, left_at) at time zone 'UTC' at time zone timezone)::date
    ) as counted_date
    , left_at
    , (left_at at time zone 'UTC' at time zone timezone)::date as left_date
from bounded
