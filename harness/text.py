"""What came from outside, made fit for a terminal."""

from __future__ import annotations

from typing import Any


def printable(text: str) -> str:
    """``text`` with all that would steer a terminal, or hide or turn letters, written out."""
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode()
        for each in text
    )


def all_printable(value: Any) -> Any:
    """``value``, of dictionaries and lists, with every text in it made so, keys too."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {all_printable(key): all_printable(each) for key, each in value.items()}
    return [all_printable(each) for each in value] if isinstance(value, list | tuple) else value
