"""What each framework really does: tables of verdicts, and what they were read from."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from harness.model import Probed
from harness.probes.model import Verdict
from harness.probes.registry import GROUPS, groups
from harness.report.tables import NOTHING, table, text

_WORDS = {
    Verdict.WORKS: ("works", "green"),
    Verdict.PARTLY: ("partly", "yellow"),
    Verdict.IGNORED: ("ignored", "red"),
    Verdict.UNSUPPORTED: ("no", "dim"),
    Verdict.NEEDS: ("service", "dim"),
    Verdict.INCONCLUSIVE: ("?", "magenta"),
}
_LEGEND = (
    "ignored: accepted, and nothing happens; no: unsupported; service: needs one that this mode "
    "has not; ?: the probe told nothing"
)
_COLUMNS = 5  # that fit 80 characters beside a probe's title


def parts(found: Sequence[Probed]) -> list[RenderableType]:
    """Tables of five frameworks and modes at most, then a line for each verdict with a but."""
    columns = list(dict.fromkeys((each.framework, each.mode) for each in found))
    verdicts = {(each.framework, each.mode, each.probe): each for each in found}
    made: list[RenderableType] = [
        _table(columns[start : start + _COLUMNS], verdicts)
        for start in range(0, len(columns), _COLUMNS)
    ]
    made.append(Text(f"  {_LEGEND}", style="dim"))
    for each in found:
        if Verdict(each.verdict) in (Verdict.PARTLY, Verdict.IGNORED, Verdict.INCONCLUSIVE):
            line = text(f"  {each.framework}/{each.mode} {each.probe}: ")
            line.append(each.verdict, _WORDS[Verdict(each.verdict)][1])
            made.append(line.append_text(text(f": {each.said}")))
    return made


def _table(
    columns: Sequence[tuple[str, str]], verdicts: dict[tuple[str, str, str], Probed]
) -> RenderableType:
    rows: list[list[str | Text]] = []
    for group, probes in groups().items():
        asked = [p for p in probes if any((*column, p.name) in verdicts for column in columns)]
        if asked:
            rows.append([Text(GROUPS[group], "bold"), *("" for _ in columns)])
        for probe in asked:
            cells = (verdicts.get((*column, probe.name)) for column in columns)
            rows.append([f"  {probe.title}", *map(_cell, cells)])
    headings = [f"{framework}\n{mode.replace('-', chr(10))}" for framework, mode in columns]
    return table(("probe", *headings), rows, left=("probe",))


def _cell(found: Probed | None) -> Text:
    if found is None:
        return Text(NOTHING)
    word, style = _WORDS[Verdict(found.verdict)]
    return Text(word, style)
