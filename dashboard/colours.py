"""One colour per source, state and level everywhere, per theme; safe for the colour-blind."""

from itertools import cycle

# (light theme, dark theme); the hues are those of Okabe and Ito, tuned for each background.
BLUE = ("#0b6bb0", "#4ba3dd")
GREEN = ("#00926b", "#2cc79a")
AMBER = ("#e69f00", "#f2b134")
PURPLE = ("#8a4fb0", "#b98add")
VERMILION = ("#d55e00", "#ff8a4a")
SKY = ("#4aa5d8", "#86cdf5")
PINK = ("#c2437f", "#f07bb0")
GREY = ("#7f8b99", "#8c98a6")
OCHRE = ("#9c7a2f", "#cfae62")
SLATE = ("#3f4a56", "#c3ccd5")
ALL = (BLUE, GREEN, AMBER, PURPLE, VERMILION, SKY, PINK, GREY, OCHRE, SLATE)

NAMED = {
    "returning": BLUE,
    "new": GREEN,
    "resurrected": AMBER,
    "dormant": GREY,
    "core": BLUE,
    "regular": AMBER,
    "occasional": GREY,
    "messages": BLUE,
    "replies": SKY,
    "huddles": AMBER,
    "reactions": GREY,
}
BACKGROUND = ("#ffffff", "#12171d")
BY_KIND = {"slack": PURPLE, "github": VERMILION, "discord": SKY, "meetup": PINK}

SEQUENCE_LIGHT = (
    "#eef4f9", "#d9e8f4", "#c0daed", "#a3c9e5", "#83b6db",
    "#62a1d0", "#428bc2", "#2875b1", "#155e98", "#08477a",
)  # fmt: skip
SEQUENCE_DARK = (
    "#1c2733", "#1f3245", "#223f59", "#264d70", "#2b5d88",
    "#336fa1", "#4083b9", "#5499cf", "#74b1e1", "#9dcbf0",
)  # fmt: skip


def named(names: list[str], is_dark: bool) -> dict[str, str]:
    """A colour for each state, level or kind; unnamed ones get what is left, in their order."""
    taken = [NAMED[name] for name in names if name in NAMED]
    spare = cycle([colour for colour in ALL if colour not in taken] or ALL)
    return {name: (NAMED.get(name) or next(spare))[is_dark] for name in names}


def sources(kinds: dict[str, str], is_dark: bool) -> dict[str, str]:
    """A colour per source: its platform's, and another for a second one of the same platform."""
    spare = [colour for colour in ALL if colour not in BY_KIND.values()]
    chosen: dict[str, tuple[str, str]] = {}
    for source, kind in sorted(kinds.items()):
        own = BY_KIND.get(kind)
        chosen[source] = own if own and own not in chosen.values() else spare.pop(0)
        spare = spare or list(ALL)
    return {source: colour[is_dark] for source, colour in chosen.items()}


def shade(part: float, is_dark: bool) -> str:
    """The colour of a heatmap cell, 0 (least) to 1 (most)."""
    sequence = SEQUENCE_DARK if is_dark else SEQUENCE_LIGHT
    return sequence[round(min(max(part, 0.0), 1.0) * (len(sequence) - 1))]


def parts(colour: str) -> list[int]:
    """The red, green and blue of a colour, 0 to 255."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def pale(colour: str, is_dark: bool) -> str:
    """A colour half way to the theme's background."""
    both = zip(parts(colour), parts(BACKGROUND[is_dark]), strict=True)
    return "#" + "".join(f"{(own + other) // 2:02x}" for own, other in both)


def ink(colour: str) -> str:
    """Black or white, whichever reads better on a colour."""
    red, green, blue = parts(colour)
    return "#10161c" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"
