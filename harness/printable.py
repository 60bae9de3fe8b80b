"""What came from outside, made fit for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """``text`` with all that would steer a terminal, or hide or turn letters, written out."""
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode()
        for each in text
    )
