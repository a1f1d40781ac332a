"""All that a snapshot has of one person, for a request under data protection law.

Nothing of others is in it but the titles of events and the names of channels.
"""

# By kind of row; each asks about the accounts `$accounts`.
QUERIES = {
    "account": """
        select authors.account_id, accounts.handle, accounts.name, accounts.stated_joined_at
            , accounts.profile_joined_at, accounts.first_seen_at, accounts.left_at
            , authors.is_bot, authors.is_staff, authors.person_id
        from marts.authors left join marts.accounts using (account_id)
        where list_contains($accounts, account_id) order by account_id
    """,
    "clue": """
        select account_id, rule, seen_at
            , if(rule = 'email', 'a keyed hash of an e-mail address', value) as value
        from marts.clues where list_contains($accounts, account_id) order by all
    """,
    "membership": """
        select authors.account_id, memberships.joined_at, memberships.left_at
        from marts.memberships as memberships join marts.authors using (account_key)
        where list_contains($accounts, account_id) order by account_id
    """,
    "work item": """
        select account_id, item_id, kind as what, opened_at, closed_at, merged_at
        from facts.work_items where list_contains($accounts, account_id) order by opened_at, item_id
    """,
    "activity": """
        select account_id, activities.kind as what, occurred_at, activity_id
            , channels.name as channel, channels.url || '/' || activities.ref as link
        from marts.activities as activities left join marts.channels as channels
            on channels.channel_key = activities.channel_key
        where list_contains($accounts, account_id) order by occurred_at, activity_id
    """,
    "attendance": """
        select account_id, events.title, attendances.starts_at, rsvp, check_in, guests
        from marts.attendances as attendances join marts.events as events using (event_id)
        where list_contains($accounts, account_id) order by attendances.starts_at, event_id
    """,
    "link": """
        select account_a, account_b, rule, since_at from marts.links
        where list_contains($accounts, account_a) and list_contains($accounts, account_b)
        order by all
    """,
    # Accounts of others, and reasons that may name them, are not this person's.
    "decision": """
        with called as (
            select array_agg(lower(account_id)) as ids
                , array_agg(lower(source || ':' || handle)) as handles
            from marts.accounts where list_contains($accounts, account_id)
        )

        , own as (
            select decisions.*
                , list_transform(accounts, lambda one: list_contains(
                    list_concat($accounts, ids, handles), lower(one)
                ) or list_contains($accounts, one)) as are_own
            from marts.decisions as decisions cross join called
        )

        select number, what, decided_at, undoes, is_undone
            , list_transform(
                list_zip(accounts, are_own), lambda one: if(one[2], one[1], 'somebody else')
            ) as accounts
            , if(list_bool_and(are_own), why, null) as why
        from own
        where list_bool_or(are_own)
        order by number
    """,
    "suggestion": """
        select if(list_contains($accounts, account_a), account_a, account_b) as account_id
            , probability, reasons
        from marts.suggestions
        where list_contains($accounts, account_a) or list_contains($accounts, account_b)
        order by all
    """,
}

# Tables of facts and marts that are made of what the rows above tell, and how many rows each has.
DERIVED = """
select table_schema || '.' || table_name as table_name, column_name
from information_schema.columns
where table_schema in ('facts', 'marts') and column_name in ('account_id', 'account_key')
qualify row_number() over (partition by table_schema, table_name order by column_name) = 1
order by all
"""
DERIVED_ROWS = """
select count(*) as rows from {table} where {column} in (
    select {column} from marts.authors where list_contains($accounts, account_id)
)
"""
