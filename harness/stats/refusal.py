"""Refusal: the result of a statistic that the data do not support."""

from __future__ import annotations

import msgspec


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """Reason for a missing number: a sentence for the reader of a report."""

    reason: str
