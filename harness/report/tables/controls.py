"""Tables of the self-check: positive and negative controls, noise, own costs."""

from __future__ import annotations

from harness.analysis.controls import Controls, KnownCost
from harness.report.document import Note, Table
from harness.report.tables.formatting import BLANK, NOTHING, cell, duration, note, table
from harness.stats import Estimate

_NAMES = {
    "step_s": "cost of a step",
    "run_s": "cost of a run",
    "byte_s": "cost of a byte",
    "loss": "lost share of workers",
    "metg_s": "METG(50 %)",
}


def parts(controls: Controls) -> list[Table | Note]:
    """Return a table of the positive controls and a line for each other check."""
    known = table(
        ("known cost", "injected", "measured", "95 %", "recovered"),
        [
            [
                _NAMES.get(each.name, each.name),
                _shown(each.name, each.injected),
                NOTHING if each.found is None else _shown(each.name, each.found.value),
                _bounds(each),
                cell("yes", "good") if each.recovered else cell("NO", "bad"),
            ]
            for each in controls.known
        ],
        left=("known cost", "recovered"),
        title="self-check: known costs (positive controls)",
        behind=bool(controls.known) and all(each.recovered for each in controls.known),
    )
    lines = [
        f"A/A null, plain Python over itself (negative control): {_ratio(controls.null)}",
        f"cost of recording a step: {_range(controls.recorder_step_s)}",
        f"host noise: {_noise(controls)}",
        "CPU time of the harness during trials: "
        + (
            NOTHING if controls.harness_share is None else f"{controls.harness_share:.2%} of a core"
        ),
    ]
    return [known, *map(note, lines), BLANK]


def _shown(kind: str, value: float) -> str:
    if kind == "loss":
        return f"{value:.1%}"
    return f"{value * 1e9:.1f}ns" if kind == "byte_s" else duration(value)


def _bounds(known: KnownCost) -> str:
    found = known.found
    if found is None or found.low is None or found.high is None:
        return NOTHING
    return f"{_shown(known.name, found.low)}–{_shown(known.name, found.high)}"


def _ratio(null: Estimate | None) -> str:
    if null is None:
        return NOTHING
    bounds = "" if null.low is None or null.high is None else f" ({null.low:.3f}–{null.high:.3f})"
    return f"{null.value:.3f}{bounds}"


def _range(estimate: Estimate | None) -> str:
    if estimate is None:
        return NOTHING
    value = duration(estimate.value)
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} ({duration(estimate.low)} to {duration(estimate.high)})"


def _noise(controls: Controls) -> str:
    noise = controls.noise
    if noise is None:
        return NOTHING
    stolen = "" if noise.stolen_s is None else f"; {noise.stolen_s:.1f} s stolen by the hypervisor"
    return (
        f"fixed work varied by {noise.spread:.0%} overall, {noise.drift:.0%} between trials{stolen}"
    )
