"""How two accounts are compared: what is alike about them, from most to least, and how to say it.

A level holds where its condition does and none before it does. The columns are those of
features.sql, with `_l` of one account and `_r` of the other.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """`condition` in SQL; `reason` in words, as an SQL expression: empty, it says nothing."""

    condition: str
    reason: str = ""


@dataclass(frozen=True)
class Comparison:
    """One thing that is compared. Where `unknown` holds, it says nothing either way."""

    name: str
    unknown: str
    levels: tuple[Level, ...]


def both(condition: str) -> str:
    """Return that a condition on `l` and `r` holds, or holds the other way round."""
    swapped = condition.replace("_l", "_?").replace("_r", "_l").replace("_?", "_r")
    return f"(({condition}) or ({swapped}))"


READ = "'both names read ' || shown_l"
SAME_NAME = "amount_l > 1 and (full_name_l = full_name_r or squashed_l = squashed_r)"
NAMESAKES = "greatest(namesakes_l, namesakes_r)"
INITIAL = "'the same first name, and the initial fits'"
INITIAL_FITS = both("amount_l > 1 and amount_r > 1 and first_l = first_r and initial_l = last_r")
SHARED_DAYS = "len(list_intersect(days_l, days_r))"
# How many days they would share by chance, and how many more they do, in standard deviations.
CHANCE_DAYS = "(len(days_l) * len(days_r) / span_l)"
MORE_DAYS = f"(({SHARED_DAYS} - {CHANCE_DAYS}) / sqrt({CHANCE_DAYS}))"
SHARED_EVENTS = "len(list_intersect(events_l, events_r))"
HOURS_APART = "least(abs(hour_l - hour_r), 24 - abs(hour_l - hour_r))"
EVENTS_APART_L = "abs(events_offset_minutes_l - offset_minutes_r)"
EVENTS_APART_R = "abs(events_offset_minutes_r - offset_minutes_l)"
ARRIVALS_APART = "abs(arrived_l - arrived_r)"
# Where all came in a few months it says less that two came within weeks.
IS_LONG = "span_l > 200"
CAME = (
    f"if({ARRIVALS_APART} = 0, 'both came on the same day',"
    f" 'both came within ' || (1 + {ARRIVALS_APART}) || ' days')"
)
OFFSETS_APART = "abs(offset_minutes_l - offset_minutes_r)"

COMPARISONS = (
    Comparison(
        "name",
        "full_name_l is null or full_name_r is null",
        (
            Level(f"{SAME_NAME} and {NAMESAKES} = 1", f"{READ} || ', which nobody else has'"),
            Level(f"{SAME_NAME} and {NAMESAKES} = 2", READ),
            Level(SAME_NAME, READ),
            Level(f"skeleton_l = skeleton_r and {NAMESAKES} = 1", "'both names sound alike'"),
            Level("skeleton_l = skeleton_r", "'both names sound alike'"),
            Level(f"{INITIAL_FITS} and greatest(with_initial_l, with_initial_r) = 1", INITIAL),
            Level(f"{INITIAL_FITS} and greatest(with_initial_l, with_initial_r) = 2", INITIAL),
            Level(INITIAL_FITS, INITIAL),
            Level("squashed_l = squashed_r", READ),
            Level(
                "jaro_winkler_similarity(full_name_l, full_name_r) >= 0.93",
                "'the names differ by a letter or two'",
            ),
            Level(
                both("amount_l = 1 and amount_r > 1 and first_l = first_r"),
                "'the same first name'",
            ),
            Level("amount_l = 1 or amount_r = 1"),
            Level("first_l = first_r", "'the same first name'"),
        ),
    ),
    Comparison(
        "handle",
        "handle_l is null or handle_r is null",
        (
            Level(
                "handle_key_l = handle_key_r",
                "'the same handle'",
            ),
            Level(
                both(
                    "length(handle_l) >= 4 and starts_with(handle_r, handle_l || ' ')"
                    " and regexp_matches(handle_l, '[0-9]| ')"
                ),
                "'one handle begins with the other'",
            ),
            Level(
                both("length(handle_l) >= 4 and starts_with(handle_r, handle_l || ' ')"),
                "'one handle begins with the other'",
            ),
            Level("stem_l = stem_r", "'the handles have the same letters'"),
            Level(
                "length(stem_l) >= 5 and length(stem_r) >= 5"
                " and jaro_winkler_similarity(stem_l, stem_r) >= 0.92",
                "'the handles are alike'",
            ),
        ),
    ),
    Comparison(
        "crossed",
        "not ((handle_l is not null and full_name_r is not null)"
        " or (handle_r is not null and full_name_l is not null))",
        (
            Level(
                both(
                    "amount_r > 1 and (starts_with(stem_l, squashed_r)"
                    " or starts_with(stem_l, last_r || first_r))"
                ),
                "'the handle of one is the name of the other'",
            ),
            Level(
                both(
                    "amount_r > 1 and stem_l in (first_r || initial_r, first_initial_r || last_r)"
                ),
                "'the handle of one is made of the name of the other'",
            ),
            Level(
                both("length(first_r) >= 3 and handle_word_l = first_r"),
                "'the handle of one is the first name of the other'",
            ),
            Level(both("length(first_r) >= 3 and starts_with(stem_l, first_r)")),
        ),
    ),
    Comparison(
        "place",
        "offset_minutes_l is null or offset_minutes_r is null",
        (
            Level("city_l = city_r", "'both are of ' || city_l"),
            Level(f"{OFFSETS_APART} < 30", "'both are of the same time zone'"),
            Level(f"{OFFSETS_APART} <= 180"),
        ),
    ),
    Comparison(
        "visited",
        f"coalesce({EVENTS_APART_L}, {EVENTS_APART_R}) is null",
        (
            Level(
                f"least({EVENTS_APART_L}, {EVENTS_APART_R}) <= 60",
                "'one is in a group near where the other lives'",
            ),
            Level(f"least({EVENTS_APART_L}, {EVENTS_APART_R}) <= 180"),
        ),
    ),
    Comparison(
        "arrived",
        "arrived_l is null or arrived_r is null",
        (
            Level(f"{ARRIVALS_APART} = 0 and {IS_LONG}", CAME),
            Level(f"{ARRIVALS_APART} = 0", CAME),
            Level(f"{ARRIVALS_APART} <= 7 and {IS_LONG}", CAME),
            Level(f"{ARRIVALS_APART} <= 7", CAME),
            Level(f"{ARRIVALS_APART} <= 21 and {IS_LONG}", CAME),
            Level(f"{ARRIVALS_APART} <= 21", CAME),
            Level(f"{ARRIVALS_APART} <= 60 and {IS_LONG}"),
            Level(f"{ARRIVALS_APART} <= 60"),
            Level(IS_LONG),
        ),
    ),
    Comparison(
        "hours",
        "hour_l is null or hour_r is null",
        (
            Level(
                f"{HOURS_APART} < 1",
                "format('both write mostly around {:02d}:00 UTC', hour_l::integer % 24)",
            ),
            Level(f"{HOURS_APART} < 2.5"),
            Level(f"{HOURS_APART} < 5"),
        ),
    ),
    Comparison(
        "days",
        "days_l is null or days_r is null",
        (
            Level(
                f"{SHARED_DAYS} >= 3 and {MORE_DAYS} >= 6",
                f"'both were active on the same ' || {SHARED_DAYS} || ' days'",
            ),
            Level(
                f"{SHARED_DAYS} >= 3 and {MORE_DAYS} >= 3",
                f"'both were active on the same ' || {SHARED_DAYS} || ' days'",
            ),
            Level(f"{MORE_DAYS} >= 1"),
            Level(f"{MORE_DAYS} >= 0"),
        ),
    ),
    Comparison(
        "events",
        "events_l is null or events_r is null",
        (
            Level(
                f"{SHARED_EVENTS} >= 3",
                f"'came to the same ' || {SHARED_EVENTS} || ' events'",
            ),
            Level(f"{SHARED_EVENTS} >= 1", "'came to the same event'"),
        ),
    ),
)
