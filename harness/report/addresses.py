"""Links to web addresses, which may come from untrusted files."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from harness.report.document import Link


def address(text: str, href: str) -> Link | None:
    """Return a link to ``href``; None if that is not an http or https address with a host."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    safe = quote(href, safe=":/?#[]@!$&*+,;=%~")
    return Link(text, safe)
