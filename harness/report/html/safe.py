"""What came from outside, on its way into a page: data for scripts, and addresses."""

from __future__ import annotations

import posixpath
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from markupsafe import Markup

from harness.text import escape_all

#: What could end a script element, begin a comment, or break a line where none is meant.
_WRITTEN_OUT = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def json(value: Any) -> Markup:
    """``value`` as JSON that can stand in a script element."""
    plain = escape_all(msgspec.to_builtins(value))
    return Markup(msgspec.json.encode(plain).decode().translate(_WRITTEN_OUT))


def href(address: str, base: str = "") -> str:
    """An address that may be followed; empty for one that may not.

    Those are web pages, parts of this page, and files, whose addresses are relative to the report's
    folder; ``base`` leads there. Where a file may lie was checked when the link was made.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme in ("https", "http") and parts.netloc:
        return address
    if address.startswith("#"):
        return "#" + quote(address[1:])
    if parts.scheme or parts.netloc or not parts.path or address.startswith(("/", "\\")):
        return ""
    # Colons and the like were quoted before: what is quoted here would be no name of a file.
    member = f"#{quote(parts.fragment, safe='/%')}" if parts.fragment else ""
    return quote(posixpath.join(base, parts.path), safe="/%") + member
