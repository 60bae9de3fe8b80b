"""When a larger execution is not worth a try, because a smaller one has told how long it will take.

Standard library only: the worker asks inside a trial, the harness between trials.
"""

from __future__ import annotations


def too_long(smaller: str, took_s: float, scale: float, budget_s: float | None) -> str | None:
    """Why not to try what takes ``scale`` times as long as ``smaller`` took; None if it may."""
    expected_s = took_s * scale
    if budget_s is None or expected_s <= budget_s:
        return None
    return (
        f"not tried: {smaller} took {took_s:.3g} s, so that this would take about "
        f"{expected_s:.3g} s, and {budget_s:g} s are allowed"
    )
