"""Comparison of two runs for a terminal."""

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
_LISTED = 5  # cells listed that only one run has
_LEGEND = (
    "ratio: after over before. to plain: the same ratio divided by plain Python's, so\n"
    "that a faster host does not look like a faster framework; verdicts use this one.\n"
    "A difference within the interval or the A/A null (plain Python against itself)\n"
    "is a tie. Plain Python has no verdict: its own ratio is the hosts' speed. METG\n"
    "includes the host's speed; it is a tie where the two intervals overlap."
)


def print_comparison(comparison: Comparison) -> None:
    """Print the changed circumstances, then every cell that both runs have."""
    parts: list[Table | Note] = [
        table(
            ("changed", "before", "after"),
            [(c.what, c.before or NOTHING, c.after or NOTHING) for c in comparison.changes],
            left=("changed", "before", "after"),
            title=f"{comparison.before} (before) and {comparison.after} (after)",
        )
        if comparison.changes
        else note("host, versions, settings and plan are the same in both runs"),
        BLANK,
        table(
            ("cell", "before", "after", "ratio", "±", "to plain", "±", "verdict"),
            [_cells(pair) for pair in comparison.pairs],
            left=("cell", "verdict"),
        )
        if comparison.pairs
        else note("no cell is in both runs, so there is nothing to compare", "warning"),
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
        outcomes = " then ".join(outcome.value for outcome in pair.outcomes)
        return [pair.cell, *[NOTHING] * 6, cell(outcomes, "warning")]
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
