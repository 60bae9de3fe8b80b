"""Two runs side by side, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from harness.analysis.comparison import Comparison, Pair
from harness.analysis.metg_change import Shift
from harness.model import Outcome
from harness.report.document import Note, Table, TableCell, Tone
from harness.report.tables.formatting import BLANK, NOTHING, cell, duration, interval, note, table
from harness.report.terminal.console import show
from harness.stats import Estimate

_TONES: dict[str, Tone] = {
    **{"faster": "good", "slower": "bad", "tie": "dim"},
    **{"smaller": "good", "larger": "bad"},
}
_LISTED = 5  # cells that only one run has
_LEGEND = (
    "ratio: after over before. to plain: the same with each run's plain Python taken\n"
    "out, so that a faster host is no faster framework; the verdict is on it. A tie\n"
    "is inside the interval, or inside what plain Python differed from itself; what\n"
    "plain Python itself differs between two runs is the host's speed, and no verdict.\n"
    "METG has the host's speed in it; it is a tie where the intervals meet."
)


def print_comparison(comparison: Comparison) -> None:
    """What changed, then every cell that both runs have."""
    parts: list[Table | Note] = [
        table(
            ("changed", "before", "after"),
            [(c.what, c.before or NOTHING, c.after or NOTHING) for c in comparison.changes],
            left=("changed", "before", "after"),
            title=f"{comparison.before} (before) and {comparison.after} (after)",
        )
        if comparison.changes
        else note("same host, versions, settings and plan in both"),
        BLANK,
        table(
            ("cell", "before", "after", "ratio", "±", "to plain", "±", "verdict"),
            [_cells(pair) for pair in comparison.pairs],
            left=("cell", "verdict"),
        ),
        BLANK,
    ]
    if comparison.shifts:
        parts += [_shifted(comparison.shifts), BLANK]
    for which, cells in (("before", comparison.only_before), ("after", comparison.only_after)):
        if cells:
            more = f" and {len(cells) - _LISTED} more" if len(cells) > _LISTED else ""
            parts.append(note(f"only {which}: {', '.join(cells[:_LISTED])}{more}", "dim"))
    show(*parts, note(_LEGEND, "dim"))


def _shifted(shifts: Sequence[Shift]) -> Table:
    return table(
        ("METG(50 %)", "mode", "P", "before", "±", "after", "±", "ratio", "verdict"),
        [
            [
                each.framework,
                each.mode,
                str(each.workers),
                duration(each.before_s.value if each.before_s else None),
                interval(each.before_s),
                duration(each.after_s.value if each.after_s else None),
                interval(each.after_s),
                NOTHING if each.ratio is None else f"{each.ratio:.2f}",
                cell(each.verdict or NOTHING, _TONES.get(each.verdict, "")),
            ]
            for each in shifts
        ],
        left=("METG(50 %)", "mode", "verdict"),
    )


def _cells(pair: Pair) -> list[str | TableCell]:
    if pair.outcomes != (Outcome.OK, Outcome.OK):
        said = " then ".join(outcome.value for outcome in pair.outcomes)
        return [pair.cell, *[NOTHING] * 6, cell(said, "warning")]
    return [
        pair.cell,
        duration(pair.before_s.value if pair.before_s else None),
        duration(pair.after_s.value if pair.after_s else None),
        _ratio(pair.ratio),
        interval(pair.ratio),
        _ratio(pair.to_plain),
        interval(pair.to_plain),
        cell(pair.verdict or NOTHING, _TONES.get(pair.verdict, "")),
    ]


def _ratio(estimate: Estimate | None) -> str:
    return NOTHING if estimate is None else f"{estimate.value:.2f}"
