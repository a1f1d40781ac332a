/*
grain = "One row per chosen source."

[columns]
source = "Name of the source"
kind = "Its platform"
covered_from = "History before this cannot be seen, UTC; null: all of it can, or nothing was read yet"
covered_to = "Until when what the platform had is in here, UTC; null: not known"
known_to = "When its state was read last, UTC: the platform's time of the last sync, or when files were imported"
last_success_at = "End of the last sync or import that succeeded, UTC"
last_error = "What went wrong since then"
requests = "Requests of its last sync or import; null: there was none"
waited_seconds = "Seconds that this one waited for the platform's limits"
profile_requests = "Of its requests, those that asked who accounts are elsewhere"
has_token = "It can be synced; else it ends with its files"
until_at = "Nothing more is expected from then on, UTC; null: it goes on"
present_at = "The present by the clock of the platform, UTC; null: nothing was read yet"
has_ended = "Nothing more is expected: it has no token, or the configuration says until when it was"
state = "ok, stale (no success for 26 hours, or one dated in the future), failed (the last attempt did), waiting (never a success) or ended"
*/
-- A platform's clock may differ from ours: at a source the present is as long after what is known
-- of it as it is since it was last read.
select
    *
    , known_to + (getvariable('asked_at') - last_success_at) as present_at
    , not has_token or coalesce(until_at <= getvariable('asked_at'), false) as has_ended
    , case
        when last_success_at is null then 'waiting'
        when has_ended then 'ended'
        when last_error is not null then 'failed'
        when last_success_at < getvariable('asked_at') - interval 26 hours then 'stale'
        when last_success_at > getvariable('asked_at') + interval 1 hour then 'stale'
        else 'ok'
    end as state
from marts.sources
where is_chosen_source(source)
