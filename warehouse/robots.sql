-- Accounts that act like bots, and of which nobody has said whether they are: see warehouse/robots.py.
-- Fewer than 20 posts tell nothing, and who both posts and answers talks like a person.
with habits as (
    select
        account_key
        , sum(openers)::bigint as posts
        , sum(answers)::bigint as answers
        , min(date) as first_date
        , max(date) as last_date
    from marts.account_days
    group by account_key
    having
        (sum(answers) = 0 and sum(openers) >= 20)
        or (sum(answers) >= 100 and sum(answers) = sum(participations))
)

-- Release bot, release-bot and ReleaseBot say it as a word. What only ends in it, like Talbot or
-- paperbot, speaks for nothing alone.
, named as (
    select
        authors.account_id
        , habits.*
        , regexp_matches(
            accounts.handle || ' ' || coalesce(accounts.name, '')
            , '(?i:(^|[^\pL])(ro)?bots?($|[^\pL]))|\p{Ll}(Bot|BOT|Robot)s?($|[^\pL])'
        ) as is_called_bot
        , is_called_bot or regexp_matches(coalesce(accounts.name, accounts.handle), '(?i)^\S*bot$')
            as ends_in_bot
    from habits
    join marts.authors using (account_key)
    left join marts.accounts using (account_id)
    where
        authors.is_member
        and not authors.has_several_accounts
        and authors.account_id not in (
            select account_id from marts.decided_accounts where what = 'not-bot'
        )
        and authors.account_id not in (select account_id from facts.forgotten)
        and authors.account_id not in (
            select account_id from marts.attendances where account_id is not null
        )
)

-- Who reacts to something, or is in a huddle, is somebody.
, candidates as (
    select *
    from named
    where account_key not in (
        select account_key from marts.activities where kind in ('reaction', 'huddle')
    )
)

, places as (
    select distinct channel_key
    from marts.activities
    where account_key in (select account_key from candidates)
)

, openers as (
    select
        activities.account_key
        , activities.channel_key
        , activities.date
        , activities.hour
        , minute(activities.occurred_at) as minute
        , first_answers.answered_at
    from marts.activities
    left join marts.first_answers
        on first_answers.activity_key = activities.activity_key
        and first_answers.date = activities.date
    where
        activities.channel_key in (select channel_key from places)
        and activities.parent_key is null
        and activities.kind in (select kind from marts.kinds where is_opener)
        and activities.account_key not in (select account_key from marts.authors where is_bot)
)

, posts as (
    select
        openers.*
        , coalesce(
            regexp_matches(channels.name, '(?i)(^|[^\pL])(feeds?|rss)($|[^\pL])'), false
        ) as is_feed
    from openers
    semi join candidates using (account_key)
    left join marts.channels using (channel_key)
)

, minutes as (
    select account_key, minute, count(*) as posts
    from posts
    group by account_key, minute
    qualify row_number() over (partition by account_key order by count(*) desc, minute) = 1
)

, told as (
    select
        posts.account_key
        , count(*) as posts
        , count(answered_at) as answered
        , bool_and(is_feed) as is_feed
        , any_value(minutes.minute) as minute
        , any_value(minutes.posts) as posts_of_minute
        , any_value(minutes.posts) >= 0.9 * count(*) as is_at_one_minute
        -- People who post by a timer do so once on some days.
        , is_at_one_minute and (
            count(distinct hour) >= 12
            or count(distinct date) >= 0.9 * (max(date) - min(date) + 1)
        ) as is_clockwork
    from posts
    join minutes using (account_key)
    group by posts.account_key
)

-- What people get where it posts: silence tells nothing where nobody is answered.
, channels as (
    select channel_key, count(*) as posts, count(answered_at) as answered
    from openers
    where account_key not in (select account_key from told where is_clockwork)
    group by channel_key
)

, own as (
    select
        posts.account_key
        , posts.channel_key
        , count(*) filter (not told.is_clockwork) as posts
        , count(answered_at) filter (not told.is_clockwork) as answered
    from posts
    join told using (account_key)
    group by posts.account_key, posts.channel_key
)

, others as (
    select
        own.account_key
        , sum(channels.posts - own.posts) as posts
        , sum(channels.answered - own.answered) as answered
    from own
    join channels using (channel_key)
    group by own.account_key
)

, judged as (
    select
        candidates.*
        , coalesce(told.answered, 0) as answered
        , told.minute
        , told.posts_of_minute
        , coalesce(told.is_at_one_minute, false) as is_at_one_minute
        , coalesce(told.is_clockwork, false) as is_clockwork
        , coalesce(others.posts >= 20 and others.answered >= 0.25 * others.posts, false)
            as is_among_answers
        , is_among_answers and told.answered = 0 as is_silent
        , is_among_answers and candidates.posts >= 200
            and told.answered / told.posts <= 0.5 * others.answered / others.posts
            as is_only_talking
        , coalesce(told.is_feed and told.answered = 0, false) as is_feed
        , candidates.posts = 0 as is_only_answering
    from candidates
    left join told using (account_key)
    left join others using (account_key)
)

select
    account_id
    , list_filter([
        if(
            is_at_one_minute
            , format('{:,} of {:,} posts at minute {} of the hour', posts_of_minute, posts, minute)
            , null
        )
        , if(is_silent, 'never answered and never answers', null)
        , if(is_only_talking, format('{:,} posts and not one reply', posts), null)
        , if(is_only_answering, format('{:,} replies and nothing else', answers), null)
        , if(is_feed, 'posts only in a feed', null)
        , if(ends_in_bot, 'a name that says bot', null)
    ], lambda reason: reason is not null) as reasons
    , posts
    , answered
    , answers
    , first_date
    , last_date
from judged
where
    is_clockwork
    or is_only_talking
    or (is_called_bot and (is_at_one_minute or is_silent or is_feed or is_only_answering))
    or (is_feed and (is_at_one_minute or is_silent))
