"""Who is who in a file of attendees: rows of one person are one attendee."""

from collections import Counter
from unicodedata import normalize

import msgspec

from connectors.meetup.files.dates import read_date
from connectors.meetup.files.tables import ParsedTable
from connectors.meetup.records import FileAttendee
from connectors.model import CheckIn, RsvpState
from connectors.privacy import HashPrivate, hash_email
from connectors.pseudonyms import pseudonym

# Of several rows of a person, the first of these that is in any of them.
CHECK_INS = (CheckIn.ATTENDED, CheckIn.NO_SHOW, CheckIn.EXCUSED, None)


class AttendeeKeys:
    """Tells apart the attendees of a file, and knows a person of several rows.

    By the member's id, else by the id of the RSVP, the hash of the address, or that of the name:
    two people of one name have a row each on the same day. A file without RSVPs has keys of its
    own, so that it replaces no RSVPs of another file.
    """

    def __init__(self, table: ParsedTable, hash_private: HashPrivate, *, has_rsvps: bool) -> None:
        self._table, self._hash = table, hash_private
        self._rows_of_a_name = Counter[tuple[str, str, str]]()
        suffix = ":going" if has_rsvps else ":door"
        self._suffix = "" if "rsvp" in table.columns else suffix

    def of(self, event: str, member: str | None, cells: list[str]) -> str:
        """Return the key of a row at an event."""
        cell = self._table.cell
        rsvp_id, address, name = cell(cells, "rsvp_id"), cell(cells, "address"), cell(cells, "name")
        if member:
            return f"{member}{self._suffix}"
        if rsvp_id:
            return f"rsvp:{rsvp_id}"
        if "@" in normalize("NFKC", address) and (hashed := hash_email(self._hash, address)):
            return pseudonym("address", hashed)
        hashed = self._hash(name.casefold())
        one = event, hashed, self._day(cells) if name else ""
        self._rows_of_a_name[one] += 1
        return f"{pseudonym('walk-in', hashed)}:{self._rows_of_a_name[one]}"

    def _day(self, cells: list[str]) -> str:
        """The day of a check-in: a list of several days has a row for each."""
        noted = self._table.cell(cells, "attendance")
        moment = read_date(noted, self._table.order, self._table.zone)
        return moment.date().isoformat() if moment else ""


def merged(one: FileAttendee, other: FileAttendee) -> FileAttendee:
    """Merge two rows of a person: the later RSVP, and the check-in of any of them."""
    rows = sorted((one, other), key=lambda row: row.rsvp_at or 0)
    rsvps = [row.rsvp for row in rows if row.rsvp not in (None, RsvpState.NONE.value)]
    check_ins = {row.check_in for row in rows}
    return msgspec.structs.replace(
        rows[-1],
        rsvp=rsvps[-1] if rsvps else rows[-1].rsvp,
        check_in=next(check_in for check_in in CHECK_INS if check_in in check_ins),
        guests=max(row.guests for row in rows),
        is_host=any(row.is_host for row in rows),
    )
