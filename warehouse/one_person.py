"""All that a snapshot has of one person, for a request under data protection law."""

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
    "decision": """
        select number, what, accounts, decided_at, decided_by, why, is_undone
        from marts.decisions
        where list_has_any(accounts, $accounts) or number in (
            select number from marts.decided_accounts where list_contains($accounts, account_id)
        )
        order by number
    """,
    "suggestion": """
        select account_a, account_b, probability, reasons from marts.suggestions
        where list_contains($accounts, account_a) or list_contains($accounts, account_b)
        order by all
    """,
}
