"""What a reader has to know of runs before any figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.analysis.controls import Ruler
from harness.model import Run

if TYPE_CHECKING:
    from harness.analysis.summary import View

_NOISY = "NOISY HOST: the same work varied by"
_ADVICE = "compare ratios, not times, or run again on a quiet machine"


def of_one(run: Run, ruler: Ruler) -> list[str]:
    """What has to be said first; of times only where somebody asked for them."""
    said = []
    asked = {each.estimates for each in run.plan.experiments if not each.ruler}
    timed = bool(asked - {"portability"})
    if timed and (worst := _varied(ruler)):
        said.append(f"{_NOISY} {worst:.0%} during this run; {_ADVICE}")
    if run.status != "complete":
        said.append(f"this run is not complete: {run.resume}")
    crowded = run.plan.crowded(run.host.cores)
    if crowded:
        said.append(crowded)
    if run.artifacts:
        said.append(f"artifacts went to {run.artifacts}: the way there is part of a step's time")
    missed = [each.name for each in ruler.known if not each.recovered]
    if timed and missed and run.status == "complete":
        said.append(f"known costs that were not recovered: {', '.join(missed)}; see the ruler")
    return said


def of_several(views: Sequence[View]) -> list[str]:
    """What has to be said first of several runs; of noise in one sentence."""
    noisy = [view for view in views if any(text.startswith(_NOISY) for text in view.warnings)]
    noise = [worst for view in noisy if (worst := _varied(view.ruler))]
    timed = sum(view.timed for view in views)
    said = [
        f"{view.run}: {text}"
        for view in views
        for text in view.warnings
        if not text.startswith(_NOISY)
    ]
    if noise:
        by = f"{min(noise):.0%} to {max(noise):.0%}" if len(noise) > 1 else f"{noise[0]:.0%}"
        runs = f"{len(noise)} of the {timed} runs that time anything"
        said.insert(0, f"{_NOISY} {by} during {runs}; {_ADVICE}")
    return said


def _varied(ruler: Ruler) -> float | None:
    """By how much the same work varied, if that was too much."""
    noise = ruler.noise
    return max(noise.spread, noise.drift) if noise is not None and noise.noisy else None
