"""Numbers, times and names in words."""

from datetime import date, datetime, timedelta

import pytest

from dashboard import text
from tests.support.dashboard.world import HOSTILE


@pytest.mark.parametrize(
    ("number", "said"),
    [(None, "not known yet"), (0, "0"), (412, "412"), (1234, "1,234"), (12_345, "12,300")],
)
def test_counts_are_rounded_as_people_say_them(number: float | None, said: str) -> None:
    assert text.count(number) == said


@pytest.mark.parametrize(
    ("part", "said"),
    [(0, "0%"), (0.004, "under 1%"), (0.555, "56%"), (0.997, "over 99%"), (1, "100%")],
)
def test_shares_do_not_round_to_nothing_or_everything(part: float, said: str) -> None:
    assert text.share(part) == said


@pytest.mark.parametrize(
    ("part", "whole", "said", "with_words"),
    [
        (0.25, 4, "1 of 4", "1 of 4 openers"),
        (1 / 3, 9, "3 of 9", "3 of 9 openers"),
        (1, 1, "1 of 1", "1 of 1 opener"),
        (0.3, 10, "30%", "30% of 10 openers"),
        (0.57, 1234, "57%", "57% of 1,234 openers"),
        (None, 0, "not known yet", "not known yet"),
    ],
)
def test_a_share_of_few_is_told_as_a_count(
    part: float | None, whole: int, said: str, with_words: str
) -> None:
    assert text.share_of(part, whole) == said
    assert text.share_of(part, whole, "opener") == with_words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(40, "40 s"), (2520, "42 min"), (18_000, "5 h"), (260_000, "3 days"), (None, "not known yet")],
)
def test_lengths_of_time(seconds: float | None, said: str) -> None:
    assert text.duration(seconds) == said
    assert text.number(None if seconds is None else seconds / 3600, "hours") == said


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [
        (109, 100, "count", "up 9%"),
        (5, 8, "count", "down from 8"),
        (0.56, 0.53, "share", "up 3 points"),
        (0.561, 0.564, "share", "no change"),
        (2520, 1800, "seconds", "up from 30 min"),
        (3, None, "count", ""),
        (None, 3, "count", ""),
    ],
)
def test_changes(now: float | None, before: float | None, unit: str, said: str) -> None:
    assert text.change(now, before, unit) == said


def test_times_in_words() -> None:
    assert text.age(timedelta(days=3, hours=2)) == "3 days"
    assert text.clock(datetime(2026, 11, 20, 6, 0)) == "20 Nov 2026, 06:00"
    assert text.during(date(2026, 11, 9), "week") == "in the week of 9 Nov 2026"


def test_markdown_keeps_no_markup() -> None:
    for name in HOSTILE:
        shown = text.markdown(name)
        for sign in "<>[]()$:*`":
            assert shown.count(sign) == shown.count("\\" + sign)


def test_channels_of_several_sources_are_told_apart() -> None:
    slack, discord = {"source": "slack", "channel": "help"}, {"source": "discord", "channel": None}
    assert text.channel(slack, [slack]) == r"\#help"
    assert text.channel(slack, [slack, discord]) == r"\#help on slack"
    assert text.channel(discord, [slack, discord]) == "outside of channels on discord"
