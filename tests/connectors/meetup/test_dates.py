"""Dates in any form are read right, asked for, or not read; never read wrong."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connectors.base import BadFile
from connectors.meetup.files.dates import ORDERS, Order, find_order, is_time, read_date, readings

FORMS: dict[Order, str] = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y", "ymd": "%y/%m/%d"}
days = st.lists(st.dates(date(2001, 1, 1), date(2099, 12, 31)), min_size=1, max_size=8)


def numbered(written: list[str]) -> Iterator[tuple[int, str]]:
    return enumerate(written, start=2)


@given(days, st.sampled_from(["dmy", "mdy"]))
def test_an_order_that_is_found_is_the_right_one(dates: list[date], order: Order) -> None:
    written = [day.strftime(FORMS[order]) for day in dates]
    try:
        found = find_order(numbered(written), "here")
    except BadFile:
        assert all(day.day <= 12 for day in dates)
        assert any(day.day != day.month for day in dates)
        return
    zone = ZoneInfo("UTC")
    read = [read_date(text, found, zone) for text in written]
    assert [moment and moment.date() for moment in read] == dates


@given(days, st.sampled_from(ORDERS))
def test_dates_are_read_back_in_the_order_that_is_given(dates: list[date], order: Order) -> None:
    for day in dates:
        moment = read_date(day.strftime(FORMS[order]), order, ZoneInfo("UTC"))
        assert moment
        assert moment.date() == day


@given(st.text(max_size=30))
def test_anything_else_is_no_date(text: str) -> None:
    assume(not any(character.isdigit() for character in text))
    assert readings(text) == {}


@given(st.from_regex(r"[0-9/. :-]{1,20}", fullmatch=True))
def test_no_combination_of_digits_is_an_error(text: str) -> None:
    assert readings(text).keys() <= set(ORDERS)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("24/04/2014 18:30", 18, 30),
        ("04/24/2014 6:30 PM", 18, 30),
        ("04/24/2014, 12:05 AM", 0, 5),
        ("24.04.2014 um 18:30", 18, 30),
        ("24 avril 2014 à 18h30", 18, 30),
        ("Apr 24, 2014 at 6:30pm", 18, 30),
        ("2014-04-24T18:30:00+00:00", 18, 30),
        ("2014-04-24 18:30 UTC", 18, 30),
    ],
)
def test_times_of_day(text: str, hour: int, minute: int) -> None:
    order = find_order([(2, text)], "here")
    assert read_date(text, order, ZoneInfo("UTC")) == datetime(
        2014, 4, 24, hour, minute, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2014",
        "00/00/0000",
        "24/04/2014 soon",
        "99/99/2014",
        "mar. 5 juin 2014",
        "25:00",
    ],
)
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert readings(text) == {}


@pytest.mark.parametrize(
    "text",
    ["14 24 Apr", "24-Apr", "Apr-14", "31-Apr-14", "20140", "99999", "0", "1/0/1900", "1.00"],
)
def test_what_tells_no_day_is_no_date(text: str) -> None:
    assert readings(text) == {}
    assert not is_time(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("41753.77083", "2014-04-24 18:30"),
        ("24-Apr-14 6:30 PM", "2014-04-24 18:30"),
        ("4/24/14, 6:30\u202fPM", "2014-04-24 18:30"),
        ("24.04.2014 18.30", "2014-04-24 18:30"),
        ("2014-04-24T16:30:00.000Z", "2014-04-24 16:30+00:00"),
        ("Thu Apr 24 2014 18:30:00 GMT+0200 (CEST)", "2014-04-24 18:30+02:00"),
        ("Thu, 24 Apr 2014 18:30:00 +0100", "2014-04-24 18:30+01:00"),
    ],
)
def test_a_time_that_a_spreadsheet_or_program_wrote(text: str, moment: str) -> None:
    assert set(readings(text).values()) == {datetime.fromisoformat(moment)}
    assert is_time(text)


@pytest.mark.parametrize("text", ["18:20", "6:40 pm", "6:40 p.m.", "18h20"])
def test_a_time_of_day_is_a_time(text: str) -> None:
    assert is_time(text)
