"""Text that may have come from outside, as Markdown that says just that."""

from __future__ import annotations

import re

from harness.text import escape

_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
_START = re.compile(r"^(\d*)([#+=:.)-])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def text(said: str) -> str:
    """No markup, no mention, no address that becomes a link."""
    plain = " ".join(escape(said).split())
    plain = "".join(_ENTITIES.get(each, each) for each in plain)
    plain = _MARKUP.sub(r"\\\1", plain)
    plain = re.sub(r"(?<!\w)@", "&#64;", plain)
    return plain.replace("://", ":&#47;/").replace("www.", "www&#46;")


def paragraph(said: str) -> str:
    """A text that begins a line, and is no list, heading or quotation."""
    return _START.sub(r"\1\\\2", text(said))
