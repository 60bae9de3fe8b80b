"""Budget of an execution: skipped if a smaller one predicts that it takes longer.

Standard library only: used by the worker within a trial and by the harness between trials.
"""

from __future__ import annotations


def too_long(smaller: str, took_s: float, scale: float, budget_s: float | None) -> str | None:
    """Return why an execution is skipped; None if it is expected to take at most ``budget_s``.

    It is expected to take ``scale`` times the ``took_s`` seconds of the execution ``smaller``.
    """
    expected_s = took_s * scale
    if budget_s is None or expected_s <= budget_s:
        return None
    return (
        f"not tried: {smaller} took {took_s:.3g} s, so this would take about "
        f"{expected_s:.3g} s; the budget is {budget_s:g} s"
    )
