"""Attendance: what sources tell of events becomes one row per gathering and one per person there.

A platform, its files and its archives tell of the same event, and of the same answer more than
once. `facts.gatherings` and `facts.presences` hold what follows from all of it, and each presence
of an account becomes an activity of the kind `attended`.
"""

from datetime import date

import duckdb

from warehouse.staging import insert_activities

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

# A print changes whenever what is made of the event could: all that is told of it, under either
# name, the address of its group, and whether it has begun.
PRINTS = """
create or replace temp table prints as
with told as (
    select event_id, count(*) as rows, sum(hash(attendances)) as print
    from facts.attendances
    group by event_id
    union all
    select
        event_id
        , 1
        , hash(
            events, starts_at < covered_to and status = 'planned', places.url, same_groups.known_id
        )
    from facts.events
    left join facts.sources using (source)
    left join same_groups using (group_id)
    left join (select channel_id, any_value(url) as url from facts.channels group by channel_id)
        as places on places.channel_id = coalesce(same_groups.known_id, events.group_id)
)

select
    coalesce(same_events.gathering_id, told.event_id) as event_id
    , sum(rows)::bigint as rows
    , sum(print) as print
from told
left join same_events using (event_id)
group by all
"""

NOTHING_MADE = """
create or replace table facts.event_prints as from prints limit 0
"""

CHANGED_EVENTS = """
create or replace temp table changed_events as
select event_id from (from prints except from facts.event_prints)
union
select event_id from (from facts.event_prints except from prints)
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
    where coalesce(same_events.gathering_id, attendances.event_id) in (from changed_events)
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
create or replace temp table new_gatherings as
with told as (
    select
        events.* exclude (event_id, also_id, group_id, record_id, is_from_file)
        , coalesce(same_groups.known_id, events.group_id) as group_id
        , coalesce(same_events.gathering_id, events.event_id) as event_id
        , row_number() over (order by is_from_file, group_id is null, record_id desc) as place
    from facts.events
    left join same_events using (event_id)
    left join same_groups using (group_id)
    where coalesce(same_events.gathering_id, events.event_id) in (from changed_events)
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

select
    * exclude (basis)
    , case when took_place then basis end as attendance_basis
    , hash(event_id) as event_key
from known
order by starts_at, event_id
"""

PRESENCES = """
create or replace temp table new_presences as
select
    answered.*
    , hash(answered.account_id) as account_key
    , gatherings.event_key
    , gatherings.starts_at
    , gatherings.date
    , case
        when gatherings.attendance_basis is null then null
        when mark = 'attended' then true
        when mark is not null then false
        when answer = 'yes' and gatherings.attendance_basis = 'rsvp' then true
        when answer in ('no', 'waitlist') then false
    end as has_come
from answered
join new_gatherings as gatherings using (event_id)
order by gatherings.starts_at, gatherings.event_id
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
from new_presences as presences
join new_gatherings as gatherings using (event_id)
left join (select channel_id, any_value(url) as url from facts.channels group by channel_id)
    as channels on channels.channel_id = gatherings.group_id
where presences.has_come and presences.account_id is not null
"""

MADE = """
create or replace temp table made as
select source, activity_id, kind, account_id, channel_id, parent_id, occurred_at, ref
from facts.activities
where kind = 'attended' and record_id is null {only}
"""

ONLY_CHANGED = """
and activity_key in (
    select hash(event_id || ':' || account_id)
    from facts.presences
    where event_key in (select hash(event_id) from changed_events)
)
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

FORGET = """
delete from facts.activities
where
    kind = 'attended' and record_id is null
    and activity_key in (select hash(activity_id) from over)
"""

REMEMBER = """
create or replace table facts.event_prints as from prints
"""


def derive_attendance(
    con: duckdb.DuckDBPyConnection, changed_dates: set[date] | None
) -> set[date] | None:
    """Bring gatherings, presences and the activities `attended` up to the facts.

    Needs facts.sources and facts.settings. Returns `changed_dates` with the local dates of the
    gatherings that this changed, or None where everything was made anew.
    """
    for statement in (SAME_EVENTS, SAME_GROUPS, PRINTS):
        con.execute(statement)
    is_whole = changed_dates is None or not _is_made(con)
    if is_whole:
        con.execute(NOTHING_MADE)
    con.execute(CHANGED_EVENTS)
    if not is_whole and not con.execute("from changed_events limit 1").fetchall():
        return changed_dates
    for statement in (ANSWERED, GATHERINGS, PRESENCES, DUE):
        con.execute(statement)
    con.execute(MADE.format(only="" if is_whole else ONLY_CHANGED))
    dates = set[date]()
    for table in ("gatherings", "presences"):
        dates |= _replace(con, table, is_whole=is_whole)
    _write_attended(con)
    con.execute(REMEMBER)
    return None if changed_dates is None or is_whole else changed_dates | dates


def unknown_events(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The events, by source, of which files tell who came and nothing tells when they were."""
    return dict(con.execute(UNKNOWN).fetchall())


def _is_made(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether there is something made before that can be brought up to date."""
    found = con.execute(
        "select 1 from information_schema.tables where table_schema = 'facts'"
        " and table_name = 'event_prints' and table_catalog = current_catalog()"
    ).fetchall()
    return bool(found)


def _replace(con: duckdb.DuckDBPyConnection, table: str, *, is_whole: bool) -> set[date]:
    """Put the rows of the changed events in the place of those before; return the dates of both."""
    if is_whole:
        con.execute(f"create or replace table facts.{table} as from new_{table}")
        return set()
    changed = "event_key in (select hash(event_id) from changed_events)"
    dates = con.execute(
        f"select date from facts.{table} where {changed} union select date from new_{table}"
    ).fetchall()
    con.execute(f"delete from facts.{table} where {changed}")
    con.execute(f"insert into facts.{table} by name from new_{table}")
    return {day for (day,) in dates}


def _write_attended(con: duckdb.DuckDBPyConnection) -> None:
    """Delete what is no longer due, and write what is due and not there yet."""
    for statement in (OVER, NEWS, FORGET):
        con.execute(statement)
    [(timezone,)] = con.execute("select timezone from facts.settings").fetchall()
    insert_activities(con, "from news", timezone, {})
