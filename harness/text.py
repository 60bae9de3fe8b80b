"""Text from outside, made safe for terminals and files."""

from __future__ import annotations

import re
from typing import Any

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def escape(text: str) -> str:
    """Return ``text`` with every unprintable character except newlines escaped.

    Such characters could control a terminal or hide letters.
    """
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode()
        for each in text
    )


def escape_all(value: Any) -> Any:
    """Return ``value`` (dictionaries, lists, texts) with every text and key in it escaped."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, dict):
        return {escape_all(key): escape_all(each) for key, each in value.items()}
    return [escape_all(each) for each in value] if isinstance(value, list | tuple) else value


def one_line(text: str) -> str:
    """Return ``text`` as one line without colours, control characters or lone surrogates."""
    words = " ".join(_ANSI.sub("", text).split())
    return "".join(c if c.isprintable() else "\ufffd" for c in words)
