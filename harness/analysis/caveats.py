"""Caveats of a run, which a reader has to know before any figure."""

from __future__ import annotations

from harness.analysis.controls import Controls
from harness.model import Run
from harness.results.resume_command import resume_command

NOISY = "NOISY HOST: the same work varied by"
ADVICE = "compare ratios, not times, or run again on a quiet machine"


def of_one(run: Run, controls: Controls) -> list[str]:
    """Return the caveats of one run; caveats on times only if the run measured times."""
    said = []
    asked = {each.estimates for each in run.plan.experiments if not each.control}
    timed = bool(asked - {"portability"})
    if timed and (worst := noise_beyond_limit(controls)):
        said.append(f"{NOISY} {worst:.0%} during this run; {ADVICE}")
    if run.status != "complete":
        said.append(f"this run is not complete: {resume_command(run)}")
    crowded = run.plan.crowded(run.host.cores)
    if crowded:
        said.append(crowded)
    if run.artifacts:
        said.append(
            f"artifacts were stored in {run.artifacts}: the transfer is part of a step's time"
        )
    missed = [each.name for each in controls.known if not each.recovered]
    if timed and missed and run.status == "complete":
        said.append(f"known costs that were not recovered: {', '.join(missed)}; see the self-check")
    return said


def noise_beyond_limit(controls: Controls) -> float | None:
    """Return the relative variation of the same work if it exceeds the limit, else None."""
    noise = controls.noise
    return max(noise.spread, noise.drift) if noise is not None and noise.noisy else None
