"""What stands in the place of a number that the data do not carry."""

from __future__ import annotations

import msgspec


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """No number, and why: a sentence for a report's reader."""

    reason: str
