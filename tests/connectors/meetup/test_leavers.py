"""Member lists that organisers download again and again: who is missing on a newer one has left."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import SettingsError
from tests.support.installations import Installation
from tests.support.installations.meetup import FileInstallation, write

LEFT = (
    "select split_part(account_id, ':', 2), left_at::date::varchar from marts.accounts"
    " where left_at is not null order by all"
)
STATE = (
    "select stream, partition, key, payload, first_seen_at, as_of, gone_at, origin from raw.records"
    " order by all"
)


@pytest.fixture
def place(tmp_path: Path) -> FileInstallation:
    return FileInstallation(tmp_path / "place")


def members(path: Path, visited: str, *ids: int, group: str = "made-up") -> Path:
    """A list of members, of whom the last visit was on a day."""
    url = f"https://www.meetup.com/{group}/members/"
    rows = [f"M{id},{id},2020-01-05,{visited},{url}{id}/" for id in ids]
    header = "Name,Member ID,Joined Group on,Last visited group on,URL of Member Profile"
    return write(path, "\n".join([header, *rows]) + "\n")


def left(place: Installation) -> list[tuple[Any, ...]]:
    place.publish()
    return place.facts_of(LEFT)


def test_who_is_not_on_the_next_list_has_left(place: FileInstallation, tmp_path: Path) -> None:
    place.bring("members", members(tmp_path / "1.csv", "2024-01-20", 1, 2, 3, 4))
    landed = place.bring("members", members(tmp_path / "2.csv", "2024-03-22", 1, 2, 5)).landed
    assert (landed.new, landed.gone) == (2, 2), "5 and the joining of 5"
    assert left(place) == [("3", "2024-03-22"), ("4", "2024-03-22")]
    totals = place.publish().metric("members").to_pylist()
    assert [(row["left"], row["members_total"]) for row in totals][-1] == (2, 3)
    place.bring("members", members(tmp_path / "3.csv", "2024-05-22", 1, 2, 3, 5))
    assert left(place) == [("4", "2024-03-22")], "3 came back"


def test_lists_in_any_order_and_twice_say_the_same(tmp_path: Path) -> None:
    lists = [
        members(tmp_path / "1.csv", "2024-01-20", 1, 2, 3, 4),
        members(tmp_path / "2.csv", "2024-02-20", 1, 3, 5),
        members(tmp_path / "3.csv", "2024-03-20", 1, 2, 5),
    ]
    states = []
    one, two, three = lists
    for number, order in enumerate([[one, two, three], [three, two, one], [two, three, one]]):
        fresh = FileInstallation(tmp_path / str(number))
        for path in order:
            fresh.bring("members", path)
        states.append(fresh.rows(STATE))
        again = [fresh.bring("members", path).landed for path in order]
        assert [(one.new, one.changed, one.gone) for one in again] == [(0, 0, 0)] * 3
        assert left(fresh) == [("3", "2024-03-20"), ("4", "2024-02-20")]
    together = FileInstallation(tmp_path / "together")
    together.bring("members", *lists[::-1])
    states.append(together.rows(STATE))
    assert all(state == states[0] for state in states)


def test_a_list_says_nothing_of_another_group(place: FileInstallation, tmp_path: Path) -> None:
    place.bring("members", members(tmp_path / "a1.csv", "2024-01-20", 1, 2, 3))
    place.bring("members", members(tmp_path / "b.csv", "2024-02-20", 2, 9, group="other"))
    assert left(place) == []
    place.bring("members", members(tmp_path / "a2.csv", "2024-03-20", 1))
    assert left(place) == [("3", "2024-03-20")], "2 is still in the other group"


def test_two_groups_in_one_file(place: FileInstallation, tmp_path: Path) -> None:
    one, other = (members(tmp_path / f"{g}.csv", "2024-01-20", 1, 2, group=g) for g in "ab")
    both = one.read_text() + "".join(other.read_text().splitlines(keepends=True)[1:])
    place.bring("members", write(tmp_path / "both.csv", both))
    place.bring("members", members(tmp_path / "a2.csv", "2024-03-20", 1, group="a"))
    assert left(place) == []
    place.bring("members", members(tmp_path / "b2.csv", "2024-03-21", 1, group="b"))
    assert left(place) == [("2", "2024-03-21")]


def test_rows_without_an_address_are_of_the_group_of_the_others(
    place: FileInstallation, tmp_path: Path
) -> None:
    first = members(tmp_path / "1.csv", "2024-01-20", 1, 2, 3)
    first.write_text(first.read_text().replace("https://www.meetup.com/made-up/members/2/", ""))
    place.bring("members", first)
    place.bring("members", members(tmp_path / "2.csv", "2024-03-20", 1, 3))
    assert left(place) == [("2", "2024-03-20")]


def test_a_part_of_a_list_makes_nobody_leave(place: FileInstallation, tmp_path: Path) -> None:
    """And whatever the warning advises helps."""
    whole = members(tmp_path / "1.csv", "2024-01-20", *range(1, 31))
    part = members(tmp_path / "2.csv", "2024-03-20", *range(1, 11))
    for number, order in enumerate(permutations([whole, part])):
        fresh = FileInstallation(tmp_path / str(number))
        for path in [*order, part]:
            fresh.bring("members", path)
        assert left(fresh) == []
        assert [text for text in fresh.warnings if "whole" in text][-1] == (
            "made-up: 20 of 30 are not on the list of 2024-03-20 any more. It is taken for a part "
            "of the list, and nobody has left. If it is all of it: --set whole=yes"
        )
        fresh.bring("members", part, options=["whole=yes"])
        assert len(left(fresh)) == 20
        fresh.bring("members", part)
        assert len(left(fresh)) == 20, "what was said stays"
        fresh.bring("members", part, options=["whole=no"])
        fresh.bring("members", whole, options=["whole=no"])
        assert left(fresh) == []


def test_a_small_list_is_said_to_be_a_part(place: FileInstallation, tmp_path: Path) -> None:
    place.bring("members", members(tmp_path / "1.csv", "2024-01-20", 1, 2, 3))
    part = members(tmp_path / "2.csv", "2024-03-20", 3)
    place.bring("members", part, options=["whole=no"])
    assert left(place) == []


def test_a_list_without_visits_is_of_the_day_that_is_given(
    place: FileInstallation, tmp_path: Path
) -> None:
    first = write(tmp_path / "1.csv", "Member ID,Joined Group on\n1,2020-01-05\n2,2020-02-05\n")
    later = write(tmp_path / "2.csv", "Member ID,Joined Group on\n1,2020-01-05\n")
    place.bring("members", later, options=["as_of=2024-03-20"])
    place.bring("members", first, options=["as_of=2024-01-20T12:00"])
    assert left(place) == [("2", "2024-03-20")]
    with pytest.raises(SettingsError, match="as_of: it is still to come"):
        place.bring("members", first, options=["as_of=2999-01-01"])


def test_lists_of_one_time_add_up(place: FileInstallation, tmp_path: Path) -> None:
    place.bring("members", members(tmp_path / "1.csv", "2024-01-20", 1, 2))
    place.bring("members", members(tmp_path / "2.csv", "2024-01-20", 2, 3))
    assert left(place) == []
