"""Escaping of foreign text for Markdown, so that it renders as plain text."""

from __future__ import annotations

import re

from harness.text import escape

_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
_START = re.compile(r"^(\d*)([#+=:.)-])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def text(plain: str) -> str:
    """Escape ``plain`` so that it has no markup, mention or automatic link."""
    plain = " ".join(escape(plain).split())
    plain = "".join(_ENTITIES.get(each, each) for each in plain)
    plain = _MARKUP.sub(r"\\\1", plain)
    plain = re.sub(r"(?<!\w)@", "&#64;", plain)
    return plain.replace("://", ":&#47;/").replace("www.", "www&#46;")


def paragraph(plain: str) -> str:
    """Escape a text at the start of a line, so that it is not a list, heading or quotation."""
    return _START.sub(r"\1\\\2", text(plain))
