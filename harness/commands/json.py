"""JSON output of commands: the one way to write a value to stdout."""

from __future__ import annotations

import sys
from typing import Any

import msgspec


def encoded(value: Any) -> bytes:
    """Return ``value`` as indented JSON with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def write(value: Any) -> None:
    """Write ``value`` as indented JSON to stdout."""
    sys.stdout.buffer.write(encoded(value))
    sys.stdout.buffer.flush()
