"""The texts of messages: plain phrases, each with a word by which tests find kept texts."""

from typing import Any

from connectors.sandbox.conversation import Post
from connectors.sandbox.texture import TEXTURE

TEXT_MARK = "Zugvogel"  # in every private text: found on a disk, it proves that text was kept


def text_of(post: Post, *, edited: bool) -> str:
    """Return the text of a post, always the same until it is edited."""
    number = post.at * 2_654_435_761 >> 7
    words = TEXTURE.words
    phrases = words.openers if post.root is None else words.replies
    if post.root is None and number % 5 == 0:
        phrases = words.chatter
    sentence = phrases[number // 5 % len(phrases)]
    more = words.chatter[number // 97 % len(words.chatter)]
    ending = f". {more}, {TEXT_MARK}." if number % 3 else f", {TEXT_MARK}?"
    return f"{sentence}{ending}" + (" (edited: one word)" if edited else "")


def blocks(post: Post, text: str) -> list[dict[str, Any]]:
    """The same text once more as Slack's rich text."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": f"b{post.at % 99991:x}", "elements": [section]}]
