"""The made-up community as Slack shows it: ids, and the JSON of users and channels."""

from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.community import SECOND, Person, World
from connectors.sandbox.conversation import BOTS, COLLECTOR, STRANGERS, SYSTEM, Channel
from connectors.sandbox.identities import identities
from connectors.sandbox.talk import talk
from connectors.sandbox.text import TEXT_MARK
from connectors.sandbox.truth import account_page

Json = dict[str, Any]

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SPACE = 36**8
PROFILE_FIELDS = (
    ("Xf0SANDBOX1", "GitHub", "text"),
    ("Xf0SANDBOX2", "Website", "link"),
    ("Xf0SANDBOX3", "Team", "text"),
)
_ALWAYS_SO: Json = {  # what every channel here has in common
    "is_im": False,
    "is_mpim": False,
    "is_org_shared": False,
    "is_pending_ext_shared": False,
    "pending_shared": [],
    "unlinked": 0,
}


def _id(world: World, prefix: str, number: int) -> str:
    """A ten-character id; a bijection, so that two numbers never share one."""
    shuffled = (number * 1_000_003_000_027 + world.seed * 7_919 + 55_555_555) % _SPACE
    digits = []
    for _ in range(8):
        shuffled, digit = divmod(shuffled, 36)
        digits.append(_DIGITS[digit])
    return f"{prefix}0{''.join(digits)}"


def user_id(world: World, number: int) -> str:
    """Return the id of a person's account."""
    return _id(world, "U", number)


class Workspace:
    """One world's Slack workspace: who is who there and what was said in which channel."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.identities = identities(world, "slack")
        self.team_id = self._id("T", 1)
        self.channels = talk(world, "slack")
        self.channel_ids = [self._id("C", channel.number) for channel in self.channels]
        self.channels_by_id = dict(zip(self.channel_ids, self.channels, strict=True))
        self.user_ids = {number: user_id(world, number) for number in self.identities}
        self.user_ids[SYSTEM] = "USLACKBOT"
        for index in range(len(BOTS)):
            self.user_ids[-10 - index] = self._id("U", 10_000_000 + index)
        for index in range(len(STRANGERS)):
            self.user_ids[-100 - index] = self._id("U", 20_000_000 + index)
        self.authors_by_id = {user_id: number for number, user_id in self.user_ids.items()}

    def _id(self, prefix: str, number: int) -> str:
        return _id(self.world, prefix, number)

    def bot_id(self, index: int) -> str:
        """The B… id of a bot."""
        return self._id("B", index)

    def bot_user_id(self) -> str:
        """The account of the app whose token the sandbox hands out."""
        return self.user_ids[-10 - COLLECTOR]

    def has_bot(self, channel: Channel) -> bool:
        """Whether the app is in the channel."""
        return not channel.plan.closed_to_bot

    def members(self, channel: Channel, now: int) -> list[str]:
        """User ids of those in a channel as of `now`, the app too; an archived one is empty."""
        if 0 < channel.archived_at <= now:
            return []
        app = [self.bot_user_id()] if self.has_bot(channel) else []
        return app + [self.user_ids[number] for number in channel.people(now)]

    def user_numbers(self, now: int) -> list[int]:
        """Everybody on the member list as of `now`, in an order that means nothing."""
        people = self.world.people
        numbers = [number for number in self.identities if people[number].joined_at <= now]
        numbers += [-10 - index for index, bot in enumerate(BOTS) if bot.has_account]
        numbers.append(SYSTEM)
        return sorted(numbers, key=lambda number: self.user_ids[number][::-1])


def user_row(workspace: Workspace, number: int, now: int, *, email: bool, locale: bool) -> Json:
    """A member as in users.list."""
    if number < 0:
        row = _automatic_user(workspace, number)
    else:
        row = _human_user(workspace, workspace.world.people[number], now)
        if not email:
            del row["profile"]["email"]
    if locale:
        row["locale"] = "en-US"
    return row


def _human_user(workspace: Workspace, person: Person, now: int) -> Json:
    is_gone = person.left_at is not None and person.left_at <= now
    changed = person.left_at if is_gone and person.left_at else person.joined_at
    known = workspace.identities[person.number]
    row = _bare_user(workspace, person.number, known.handle, known.name, changed)
    row["profile"]["email"] = known.email
    for kind, number in known.names:
        row["profile"] |= _naming(workspace, kind, number)
    row["profile"]["status_text"] = f"{TEXT_MARK} today"
    if person.number % 50 == 7:
        row["profile"]["start_date"] = _day_of(person.joined_at)
    row["deleted"] = is_gone
    if is_gone:
        return row
    is_single = person.role == "single_channel_guest"
    return row | {
        "color": f"{person.number * 7919 % 0xFFFFFF:06x}",
        "tz": person.timezone,
        "tz_label": person.timezone_label,
        "tz_offset": person.utc_offset,
        "is_admin": person.role in ("owner", "admin"),
        "is_owner": person.role == "owner",
        "is_primary_owner": person.role == "owner",
        "is_restricted": person.role == "guest" or is_single,
        "is_ultra_restricted": is_single,
        "is_email_confirmed": True,
        "has_2fa": False,
    }


def _naming(workspace: Workspace, kind: str, number: int) -> Json:
    """What a profile shows that names an account elsewhere: in the title, or in a custom field."""
    page = account_page(workspace.world, kind, number)
    if number % 3 == 0:
        return {"title": f"{TEXT_MARK} keeper, {page}"}
    handle, site, team = (id for id, _, _ in PROFILE_FIELDS)
    filled = {team: {"value": TEXT_MARK, "alt": ""}}
    if number % 3 == 1 and kind == "github":
        return {"fields": filled | {handle: {"value": page.rpartition("/")[2], "alt": ""}}}
    return {"fields": filled | {site: {"value": page, "alt": "me"}}}


def _automatic_user(workspace: Workspace, number: int) -> Json:
    """Slackbot, a bot's account, or someone from another workspace."""
    begin = workspace.world.start
    if number == SYSTEM:
        return _bare_user(workspace, number, "slackbot", "Slackbot", begin)
    if number <= -100:
        name = STRANGERS[-100 - number]
        stranger = _bare_user(workspace, number, name.split()[0].lower(), name, begin)
        return stranger | {"is_stranger": True, "team_id": "T0ELSEWHERE"}
    bot = BOTS[-10 - number]
    row = _bare_user(workspace, number, bot.name.lower().replace(" ", "."), bot.name, begin)
    row["is_bot"] = bot.is_flagged
    if bot.is_flagged:
        row["profile"] |= {"bot_id": workspace.bot_id(-10 - number), "api_app_id": "A0SANDBOX01"}
    return row


def _bare_user(workspace: Workspace, number: int, handle: str, name: str, changed: int) -> Json:
    given, _, family = name.partition(" ")
    profile = {
        "title": f"{TEXT_MARK} keeper" if number % 3 == 0 else "",
        "phone": "",
        "skype": "",
        "real_name": name,
        "real_name_normalized": name,
        "display_name": handle if number % 4 else "",
        "display_name_normalized": handle if number % 4 else "",
        "fields": None,
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "first_name": given,
        "last_name": family,
        "team": workspace.team_id,
    }
    return {
        "id": workspace.user_ids[number],
        "team_id": workspace.team_id,
        "name": handle,
        "deleted": False,
        "real_name": name,
        "is_bot": False,
        "is_app_user": False,
        "updated": changed // SECOND,
        "profile": profile | _picture(number),
    }


def _picture(number: int) -> Json:
    picture = f"g{number * 2_654_435_761 % 16**11:011x}"
    links = {
        f"image_{size}": f"https://avatars.sandbox.invalid/{picture}-{size}.png"
        for size in (24, 32, 48, 72, 192, 512)
    }
    return {"avatar_hash": picture, **links}


def _day_of(at: int) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d}"


def channel_row(workspace: Workspace, channel: Channel, now: int) -> Json:
    """A channel as in conversations.list; `updated` alone is in milliseconds."""
    name = channel.name(now)
    is_private = channel.plan.kind == "private"
    is_archived = 0 < channel.archived_at <= now
    creator = workspace.user_ids[0]
    said = {"creator": creator, "last_set": channel.created_at // SECOND + 2}
    was_renamed = bool(channel.plan.was) and name == channel.plan.name
    return _ALWAYS_SO | {
        "id": workspace.channel_ids[channel.number],
        "name": name,
        "name_normalized": name,
        "is_channel": not is_private,
        "is_group": is_private,
        "is_private": is_private,
        "is_archived": is_archived,
        "is_general": channel.plan.kind == "general",
        "is_shared": channel.plan.kind == "shared",
        "is_ext_shared": channel.plan.kind == "shared",
        "is_member": workspace.has_bot(channel),
        "created": channel.created_at // SECOND,
        "creator": creator,
        "updated": (channel.archived_at if is_archived else channel.created_at) // 1000,
        "topic": said | {"value": f"{TEXT_MARK}: {name}"},
        "purpose": said | {"value": ""},
        "previous_names": [channel.plan.was] if was_renamed else [],
        "num_members": len(workspace.members(channel, now)),
    }
