"""Escaping of foreign data for a page: JSON for scripts, and addresses."""

from __future__ import annotations

import posixpath
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from markupsafe import Markup

from harness.text import escape_all

#: Characters that could end a script element, begin a comment or break a line.
_WRITTEN_OUT = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def json(value: Any) -> Markup:
    """Return ``value`` as JSON that is safe in a script element."""
    plain = escape_all(msgspec.to_builtins(value))
    return Markup(msgspec.json.encode(plain).decode().translate(_WRITTEN_OUT))


def href(address: str, base: str = "") -> str:
    """Return a safe form of an address; empty if it must not be followed.

    Allowed are web pages, parts of this page, and files relative to the report's folder, to which
    ``base`` leads. The place of a file was checked when the link was made.
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
    # Special characters of file names are quoted already; this quotes those of hostile paths.
    member = f"#{quote(parts.fragment, safe='/%')}" if parts.fragment else ""
    return quote(posixpath.join(base, parts.path), safe="/%") + member
