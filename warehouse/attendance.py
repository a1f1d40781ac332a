"""Attendance: what sources tell of events becomes one row per gathering and one per person there.

A platform, its files and its archives tell of the same event, and of the same answer more than
once. `facts.gatherings` and `facts.presences` hold what follows from all of it, and each presence
of an account becomes an activity of the kind `attended`.
"""

from datetime import date

import duckdb

from warehouse.staging import insert_activities

FINGERPRINT = """
select md5(concat_ws(
    '/'
    , (select count(*) || ':' || sum(hash(events)) from facts.events)
    , (select count(*) || ':' || sum(hash(attendances)) from facts.attendances)
    , (select count(*) from facts.groups)
    , (
        select count(*) from facts.events join facts.sources using (source)
        where status = 'planned' and starts_at < covered_to
    )
))
"""

# The row under which files know an event may come from the platform, too: then that is the event.
SAME_EVENTS = """
create or replace temp table same_events as
select also_id as event_id, arg_max(event_id, record_id) as gathering_id
from facts.events
where also_id <> event_id
group by also_id
"""

# A file may know a group by its address alone: its id is then the end of the address.
SAME_GROUPS = """
create or replace temp table same_groups as
select named.channel_id as group_id, arg_max(known.channel_id, known.record_id) as known_id
from facts.channels as named
join facts.channels as known on lower(known.url) = lower(named.url)
where
    known.source = named.source
    and known.channel_id <> named.channel_id
    and lower(named.channel_id) = lower(named.source || ':' || parse_filename(named.url))
group by named.channel_id
"""

# Of an account's rows the platform's own go first, then the newest answer; that nothing was
# answered, as a list kept at the door has it, goes last. A mark on nothing told overwrote a yes:
# nobody else can be marked there.
ANSWERED = """
create or replace temp table answered as
with told as (
    select
        attendances.*
        , coalesce(same_events.gathering_id, attendances.event_id) as gathering_id
        , not attendances.is_from_file as is_own
    from facts.attendances
    left join same_events using (event_id)
)

-- Somebody whom a file knows by no id is on the platform's own list by one.
, known as (
    from told
    where account_id is not null or is_own or gathering_id not in (
        select gathering_id from told where is_own and mark = 'attended'
    )
)

, resolved as (
    select
        source
        , gathering_id as event_id
        , account_id
        , first(answer order by is_own desc, answered_at desc nulls last, record_id desc)
            filter (superseded_at is null and answer <> 'none') as present
        , first(answer order by is_own desc, superseded_at desc, record_id desc)
            filter (superseded_at is not null and answer is not null) as past
        , first(mark order by is_own desc, mark, record_id desc)
            filter (superseded_at is null and mark is not null) as mark
        , first(guests order by is_own desc, answered_at desc nulls last, record_id desc)
            filter (superseded_at is null) as guests
        , min(coalesce(answered_at, '-infinity')) filter (answer = 'yes') as yes_from
        , max(superseded_at) filter (answer = 'yes') as yes_until
        , coalesce(bool_or(answer = 'none'), false) and not bool_or(is_own and answer is null)
            as is_unasked
        , coalesce(bool_or(is_host) filter (superseded_at is null), false) as is_host
    from known
    group by source, gathering_id, account_id, case when account_id is null then attendance_id end
)

, settled as (
    select
        *
        , coalesce(
            present
            , case when mark is not null then past end
            , case when is_unasked then 'none' end
            , case when mark is not null then if(account_id is null, 'none', 'yes') end
        ) as answer
    from resolved
)

select
    source
    , event_id
    , account_id
    , answer
    , mark
    , coalesce(guests, 0) as guests
    , is_host
    , case when answer = 'yes' then coalesce(yes_from, '-infinity') else yes_from end as yes_from
    , case when answer <> 'yes' then yes_until end as yes_until
from settled
where answer is not null
"""

GATHERINGS = """
create or replace table facts.gatherings as
with told as (
    select
        events.* exclude (event_id, also_id, group_id, record_id, is_from_file)
        , coalesce(same_groups.known_id, events.group_id) as group_id
        , coalesce(same_events.gathering_id, events.event_id) as event_id
        , row_number() over (order by is_from_file, group_id is null, record_id desc) as place
    from facts.events
    left join same_events using (event_id)
    left join same_groups using (group_id)
)

, merged as (
    select event_id, arg_min(columns(* exclude (event_id, place)), place)
    from told
    group by event_id
)

, listed as (
    select
        event_id
        , bool_or(answer <> 'interested' or mark is not null) as is_asked
        , bool_or(coalesce(mark in ('attended', 'no_show'), false)) as is_checked_in
    from answered
    group by event_id
)

, known as (
    select
        merged.*
        , (merged.starts_at at time zone 'UTC' at time zone settings.timezone)::date as date
        , merged.status <> 'cancelled' and coalesce(
            merged.status = 'past' or merged.starts_at < sources.covered_to, false
        ) as took_place
        , coalesce(listed.is_asked, false) as is_listed
        , case
            when listed.is_checked_in then 'checked_in'
            when listed.is_asked then 'rsvp'
            when coalesce(stated_attended, 0) + coalesce(stated_no_show, 0) > 0 then 'checked_in'
            when stated_yes is not null then 'rsvp'
        end as basis
    from merged
    cross join facts.settings as settings
    left join facts.sources using (source)
    left join listed using (event_id)
)

select * exclude (basis), case when took_place then basis end as attendance_basis
from known
"""

PRESENCES = """
create or replace table facts.presences as
select
    answered.*
    , hash(answered.account_id) as account_key
    , case
        when gatherings.attendance_basis is null then null
        when mark = 'attended' then true
        when mark is not null then false
        when answer = 'yes' and gatherings.attendance_basis = 'rsvp' then true
        when answer in ('no', 'waitlist') then false
    end as has_come
from answered
join facts.gatherings using (event_id)
"""

DUE = """
create or replace temp table due as
select
    presences.source
    , gatherings.event_id || ':' || presences.account_id as activity_id
    , 'attended' as kind
    , presences.account_id
    , gatherings.group_id as channel_id
    , null::varchar as parent_id
    , gatherings.starts_at as occurred_at
    , case
        when starts_with(gatherings.url, channels.url || '/')
        then rtrim(gatherings.url[length(channels.url) + 2:], '/')
    end as ref
from facts.presences
join facts.gatherings using (event_id)
left join (select channel_id, any_value(url) as url from facts.channels group by channel_id)
    as channels on channels.channel_id = gatherings.group_id
where presences.has_come and presences.account_id is not null
"""

MADE = """
create or replace temp table made as
select source, activity_id, kind, account_id, channel_id, parent_id, occurred_at, ref
from facts.activities
where kind = 'attended' and record_id is null
"""

OVER = """
create or replace temp table over as
select activity_id from (from made except from due)
"""

NEWS = """
create or replace temp table news as
from due except from made
"""

UNKNOWN = """
select source, list_sort(array_agg(distinct event_id))
from facts.attendances
where
    is_from_file
    and event_id not in (select event_id from facts.events)
    and event_id not in (select also_id from facts.events where also_id is not null)
group by source
order by source
"""

DATES_OF = """
select distinct date from facts.activities
where kind = 'attended' and record_id is null and activity_id in (select activity_id from {table})
"""

FORGET = """
delete from facts.activities
where kind = 'attended' and record_id is null and activity_id in (select activity_id from over)
"""


def derive_attendance(
    con: duckdb.DuckDBPyConnection, changed_dates: set[date] | None
) -> set[date] | None:
    """Bring gatherings, presences and the activities `attended` up to the facts.

    Needs facts.sources and facts.settings. Returns `changed_dates` with the local dates whose
    activities this changed; None, for everything was made anew, stays None.
    """
    [(fingerprint,)] = con.execute(FINGERPRINT).fetchall()
    con.execute("create table if not exists facts.attendance_state (fingerprint varchar)")
    known = con.execute("select fingerprint from facts.attendance_state").fetchall()
    if changed_dates is not None and known == [(fingerprint,)]:
        return changed_dates
    for statement in (SAME_EVENTS, SAME_GROUPS, ANSWERED, GATHERINGS, PRESENCES):
        con.execute(statement)
    dates = _write_attended(con)
    con.execute("delete from facts.attendance_state")
    con.execute("insert into facts.attendance_state values (?)", [fingerprint])
    return None if changed_dates is None else changed_dates | dates


def unknown_events(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The events, by source, of which files tell who came and nothing tells when they were."""
    return dict(con.execute(UNKNOWN).fetchall())


def _write_attended(con: duckdb.DuckDBPyConnection) -> set[date]:
    """Delete what is no longer due and write what is due and not there yet; return their dates."""
    for statement in (DUE, MADE, OVER, NEWS):
        con.execute(statement)
    dates = _dates_of(con, "over")
    con.execute(FORGET)
    [(timezone,)] = con.execute("select timezone from facts.settings").fetchall()
    insert_activities(con, "from news", timezone, {})
    return dates | _dates_of(con, "news")


def _dates_of(con: duckdb.DuckDBPyConnection, table: str) -> set[date]:
    return {day for (day,) in con.execute(DATES_OF.format(table=table)).fetchall()}
