"""E-mail addresses in one form, so that two ways to write one are equal."""

from unicodedata import normalize


def plain_address(address: str | None) -> str:
    """Return an address as it is compared: lower case, normal width, its domain in its own script.

    No tag and no dot is cut, whatever one provider does with them: other ones give them to others.
    """
    local, sign, domain = normalize("NFKC", address or "").strip().lower().rpartition("@")
    return local + sign + ".".join(map(_label, domain.rstrip(".").split(".")))


def _label(label: str) -> str:
    """Return a label of a domain as people read it, not as `xn--bcher-kva`."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label
