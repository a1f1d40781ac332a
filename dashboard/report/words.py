"""Numbers within sentences; sentences are English whatever the locale of the tables is."""


def number_of(number: int) -> str:
    """A count as it stands in a sentence: 1,204."""
    return f"{number:,}"


def plural(number: int, one: str, several: str = "") -> str:
    """A count with its noun: `1 event`, `1,204 events`."""
    return f"{number_of(number)} {one if number == 1 else several or one + 's'}"
