"""The bounds on what comes from outside: a response, a list, a wait, a file, a text.

Each lies far beyond what a platform or a program sends. The error of what exceeds one names it.
"""

# An HTTP response: from the request until its last byte, packed or unpacked, head or body.
MOST_RESPONSE_SECONDS = 120.0
MOST_RESPONSE_BYTES = 100 << 20
MOST_WAIT_SECONDS = 2 * 3600.0  # the longest window of a platform lasts an hour
# A list: its pages, and those in a row that bring nothing, or the same again.
MOST_PAGES = 50_000
MOST_IDLE_PAGES = 20

# JSON of a response or a file.
MOST_JSON_LEVELS = 100
MOST_VALUE_CHARACTERS = 1 << 27
MOST_HEAD_CHARACTERS = 1 << 26

# Archives and folders. What unpacks to so many times its size is a bomb, if it is not small.
MOST_FILES = 1_000_000
MOST_DIRECTORY_BYTES = 256 << 20
MOST_FILE_BYTES = 1 << 30  # of one that is unpacked, or read at once
MOST_RATIO_TIMES = 200
RATIO_COUNTS_FROM_BYTES = 10 << 20

# Tables, and files of one record a line.
MOST_LINE_BYTES = 1 << 26
MOST_ROW_CHARACTERS = 1 << 25
MOST_CELL_CHARACTERS = 1 << 24
MOST_HEADER_COLUMNS = 10_000

# What a server or a file says, where it is shown or stored.
MOST_QUOTED_CHARACTERS = 300
MOST_MESSAGE_CHARACTERS = 2000


def beyond(subject: str, name: str) -> str:
    """Return what is wrong with a subject that exceeds the bound of this name, with its unit."""
    limit, unit = globals()[name], name.rpartition("_")[2].lower()
    return f"{subject} more than {limit:,.0f} {unit} (the bound {name})"
