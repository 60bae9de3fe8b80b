"""Links to addresses of the web, which may come from untrusted files."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from harness.report.document import Link


def address(text: str, href: str) -> Link | None:
    """A link to an address of the web; None if it is none."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    safe = quote(href, safe=":/?#[]@!$&*+,;=%~")
    return Link(text, safe)
