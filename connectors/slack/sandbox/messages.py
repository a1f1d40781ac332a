"""Pages of messages as Slack gives them: history newest first, threads oldest first."""

from bisect import bisect_left

from connectors.sandbox.conversation import Channel, Post
from connectors.sandbox.state import Sandbox
from connectors.slack.sandbox.call import Arguments, ErrorResponse, encode_cursor
from connectors.slack.sandbox.rows import message_row
from connectors.slack.sandbox.workspace import Json, Workspace

THROTTLED_ITEMS = 15


def is_shown(post: Post, now: int) -> bool:
    """Tell whether history shows a post: a deleted parent with replies stays as a tombstone."""
    return post.is_visible(now) or bool(
        post.at <= now and post.root is None and post.visible_replies(now)
    )


def history(workspace: Workspace, channel: Channel, sandbox: Sandbox, arguments: Arguments) -> Json:
    """Return one page of a channel, without the replies that were not broadcast."""
    now = sandbox.clock.now()
    low, high = _span(arguments, now)
    position, _, was_empty = arguments.get("cursor", "").removeprefix("next_ts:").partition("/")
    if position:
        high = min(high, int(position))
    begin = bisect_left(channel.timeline_times, low)
    index = bisect_left(channel.timeline_times, high)
    limit = _limit(sandbox, arguments, 100)
    share = 1.0 if was_empty or not sandbox.uneven_pages else _fullness(high + limit)
    wanted = int(limit * share)
    page: list[Post] = []
    while index > begin and len(page) < wanted:
        index -= 1
        if is_shown(channel.timeline[index], now):
            page.append(channel.timeline[index])
    more = any(is_shown(channel.timeline[i], now) for i in range(index - 1, begin - 1, -1))
    until = f"{channel.timeline[index].at}" if page else f"{high}/again"
    rows = [message_row(workspace, channel, post, now) for post in page]
    return _body(rows, until if more else "", arguments)


def replies(workspace: Workspace, channel: Channel, sandbox: Sandbox, arguments: Arguments) -> Json:
    """Return one page of a thread; its parent comes first on each and counts towards the limit."""
    now = sandbox.clock.now()
    root = channel.find(arguments["ts"])
    if root is None or not is_shown(root, now):
        raise ErrorResponse("thread_not_found")
    low, high = _span(arguments, now)
    if "cursor" in arguments:
        low = max(low, int(arguments["cursor"].removeprefix("next_ts:")))
    found = [reply for reply in root.visible_replies(now) if low <= reply.at < high]
    limit = max(1, _limit(sandbox, arguments, 1000) - 1)
    page = found[:limit]
    more = len(page) < len(found)
    rows = [message_row(workspace, channel, post, now) for post in (root, *page)]
    return _body(rows, str(found[limit].at) if more else "", arguments)


def _body(rows: list[Json], next_position: str, arguments: Arguments) -> Json:
    body: Json = {"messages": rows, "has_more": bool(next_position)}
    if next_position:
        cursor = encode_cursor(f"next_ts:{next_position}", arguments["list"])
        body["response_metadata"] = {"next_cursor": cursor}
    return body


def _span(arguments: Arguments, now: int) -> tuple[int, int]:
    """Return the given times as [low, high); they are themselves in only where inclusive."""
    inside = bool(arguments.get("inclusive"))
    low, high = 0, now + 1
    if "oldest" in arguments:
        low = arguments["oldest"] + (0 if inside else 1)
    if "latest" in arguments:
        high = min(high, arguments["latest"] + (1 if inside else 0))
    return low, high


def _limit(sandbox: Sandbox, arguments: Arguments, default: int) -> int:
    limit: int = arguments.get("limit", THROTTLED_ITEMS if sandbox.throttled else default)
    return min(limit, THROTTLED_ITEMS) if sandbox.throttled else limit


def _fullness(number: int) -> float:
    """Most pages are full, some short, a few empty; the same page always the same way."""
    lot = number * 2_654_435_761 % 2**32 % 23
    return 0.0 if lot == 0 else 0.4 if lot < 3 else 1.0
