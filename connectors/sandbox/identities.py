"""Who a made-up person is on each platform: not everybody is everywhere, nor the same everywhere.

Some have one account and some four; they have nicknames, names in two scripts, other e-mail
addresses, the name or the handle of somebody else. What a profile says of accounts elsewhere is
true of all but a few, and where it is not, two accounts claim the same one.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from connectors.sandbox.community import EMAIL_DOMAIN, Person, World
from connectors.sandbox.texture import TEXTURE

USUAL = 3 + len(TEXTURE.awkward.names)  # so many of the first people are everywhere
LONER, ON_SLACK, ON_DISCORD = 0.1, 0.88, 0.8
Account = tuple[str, int]  # a platform and a person's number


@dataclass(frozen=True, slots=True)
class Identity:
    """One person on one platform; `names` are the accounts that the profile there names."""

    name: str
    handle: str
    email: str
    names: tuple[Account, ...] = ()


def identities(world: World, platform: str) -> dict[int, Identity]:
    """Return who everybody is on a platform, by number; who is not there is missing."""
    return _everywhere(world)[platform]


@lru_cache(maxsize=2)
def _everywhere(world: World) -> dict[str, dict[int, Identity]]:
    rng = world.stream("identities")
    found: dict[str, dict[int, Identity]] = {"discord": {}, "github": {}, "meetup": {}, "slack": {}}
    for person in world.people:
        lots = rng.random(), rng.random(), rng.random()
        for platform in _places(person.number, *lots):
            found[platform][person.number] = _identity(world, person, platform)
    logins = {one.handle for one in found["github"].values()}
    for person in world.people[USUAL:]:
        _confuse(world, found, person.number, logins)
    _tell_of_elsewhere(world, found)
    return found


def _places(number: int, loner: float, slack: float, discord: float) -> list[str]:
    if number < USUAL:
        return ["discord", "meetup", "slack"] + (["github"] if number % 4 != 3 else [])
    if loner < LONER:
        return ["slack" if slack < 0.5 else "discord"]
    places = ["meetup"] + (["github"] if number % 4 != 3 else [])
    is_on_discord = discord < ON_DISCORD
    places += ["discord"] if is_on_discord else []
    return places + (["slack"] if slack < ON_SLACK or not is_on_discord else [])


def _identity(world: World, person: Person, platform: str) -> Identity:
    """Names by platform: Latin on some, a nickname on Meetup, the name of somebody else."""
    number = person.number
    namesake = world.people[number - 9] if number > USUAL and number % 40 == 25 else person
    name, handle, email = namesake.name, person.handle, person.email
    if number >= USUAL:
        given, _, family = namesake.latin_name.partition(" ")
        if platform == "github" and number % 2:
            name = namesake.latin_name
        if platform == "meetup":
            name = (f"{given} {family[:1]}.", namesake.latin_name, name)[number % 3]
        if (platform == "slack" and number % 11 == 4) or (platform == "meetup" and number % 9 == 5):
            email = f"{handle}@former.{EMAIL_DOMAIN}"
    if platform == "github":
        handle = f"{_login(handle)}-{number}"
        if number >= USUAL and number % 7 == 2:
            handle = f"{_login(person.handle)}-dev{number}"
    return Identity(name, handle, email)


def _login(handle: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", handle.lower()).strip("-")


def _confuse(
    world: World, found: dict[str, dict[int, Identity]], number: int, logins: set[str]
) -> None:
    """Give somebody the handle or the mailbox that somebody else has on another platform.

    `logins` are those of GitHub, of which none may be given twice.
    """
    slack, discord, github = found["slack"], found["discord"], found["github"]
    if number % 23 == 17 and number in discord and number - 4 in slack:
        if number - 4 in discord:
            others = f"{discord[number - 4].handle}.too"
            discord[number - 4] = replace(discord[number - 4], handle=others)
        discord[number] = replace(discord[number], handle=slack[number - 4].handle)
    if number % 29 == 20 and number in github and number - 6 in slack:
        login = _login(slack[number - 6].handle)
        if login not in logins:
            logins.remove(github[number].handle)
            logins.add(login)
            github[number] = replace(github[number], handle=login)
    if number % 37 in (12, 13):
        for platform in ("slack",) if number % 37 == 12 else ("github", "meetup"):
            if number in found[platform]:
                studio = f"info@studio{number // 37}.{EMAIL_DOMAIN}"
                found[platform][number] = replace(found[platform][number], email=studio)
    if number % 31 == 14 and _both_stay(world, slack, number, number - 3):
        slack[number] = replace(slack[number], email=slack[number - 3].email)


def _both_stay(world: World, there: dict[int, Identity], one: int, other: int) -> bool:
    return all(n in there and world.people[n].left_at is None for n in (one, other))


def _tell_of_elsewhere(world: World, found: dict[str, dict[int, Identity]]) -> None:
    """Let profiles name accounts; of a few accounts two people say that it is theirs."""
    slack, github, meetup = found["slack"], found["github"], found["meetup"]
    for person in world.people:
        number = person.number
        if number in meetup and number in github and number % 11 == 3:
            meetup[number] = replace(meetup[number], names=(("github", number),))
        if number in slack and number in github and number % 5 == 1:
            slack[number] = replace(slack[number], names=(("github", number),))
        other = ("discord", "meetup", "slack")[number // 2 % 3]
        if number in github and number in found[other] and number % 2 == 0:
            github[number] = replace(github[number], names=((other, number),))
    for person in world.people[USUAL:]:
        claimer, owner = person.number, person.number - 2
        if claimer % 41 == 27 and owner in github and _both_stay(world, slack, claimer, owner):
            for number in (claimer, owner):
                slack[number] = replace(slack[number], names=(("github", owner),))
