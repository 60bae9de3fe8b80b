"""Tables of probe verdicts, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.frameworks.adapter_file import MODES
from harness.model import BASELINE, ProbeVerdict, Verdict
from harness.probes.registry import GROUPS, groups
from harness.report.document import Link, Note, Table, TableCell, Tone
from harness.report.tables.formatting import NOTHING, cell, note, role_mark, table

_WORDS: dict[Verdict, tuple[str, Tone]] = {
    Verdict.WORKS: ("works", "good"),
    Verdict.PARTLY: ("partly", "partly"),
    Verdict.IGNORED: ("ignored", "bad"),
    Verdict.UNSUPPORTED: ("no", "dim"),
    Verdict.NEEDS: ("service", "dim"),
    Verdict.INCONCLUSIVE: ("?", "warning"),
}
LEGEND = (
    "ignored: accepted without effect; no: not supported; service: needs a service that this mode "
    "does not have; ?: inconclusive"
)
_COLUMNS = 5  # that fit 80 characters beside a probe's title


def parts(
    found: Sequence[ProbeVerdict], roles: Mapping[str, str] | None = None
) -> list[Table | Note]:
    """Return tables of at most five modes, then a line for each verdict that needs a reason.

    ``roles`` are of the frameworks, as far as they are known.
    """
    columns = _columns(found)
    made: list[Table | Note] = [
        whole(found, columns[start : start + _COLUMNS], roles=roles)
        for start in range(0, len(columns), _COLUMNS)
    ]
    made.append(note(f"  {LEGEND}", "dim"))
    for each in found:
        verdict = each.verdict
        if verdict in (Verdict.PARTLY, Verdict.IGNORED, Verdict.INCONCLUSIVE):
            line = f"  {each.framework}/{each.mode} {each.probe}: {each.verdict.value}: {each.said}"
            made.append(note(line, _WORDS[verdict][1]))
    return made


def whole(
    found: Sequence[ProbeVerdict],
    columns: Sequence[tuple[str, str]] = (),
    links: Mapping[tuple[str, str, str], tuple[Link, ...]] | None = None,
    roles: Mapping[str, str] | None = None,
) -> Table:
    """Return one table with a row for each probe and a column for each framework and mode.

    ``columns`` defaults to all frameworks and modes. Each verdict has its reason and its ``links``.
    """
    recorded = links or {}
    columns = columns or _columns(found)
    verdicts = {(each.framework, each.mode, each.probe): each for each in found}
    rows: list[list[str | TableCell]] = []
    titles: list[str] = []
    for group, probes in groups().items():
        for probe in probes:
            if any((*column, probe.name) in verdicts for column in columns):
                keys = [(*column, probe.name) for column in columns]
                cells = [_cell(verdicts.get(key), recorded.get(key, ())) for key in keys]
                rows.append([cell(probe.title, note=probe.asks), *cells])
                titles.append(GROUPS[group])
    known = roles or {}
    headings = [
        f"{framework}{role_mark(known.get(framework, ''))}\n{mode.replace('-', chr(10))}"
        for framework, mode in columns
    ]
    return table(("probe", *headings), rows, left=("probe",), groups=titles, across=True)


def _columns(found: Sequence[ProbeVerdict]) -> list[tuple[str, str]]:
    """Return all frameworks and modes: modes of a framework adjacent, plain Python first."""
    every = {(each.framework, each.mode) for each in found}
    return sorted(every, key=lambda one: (one[0] != BASELINE, one[0], _place(one[1]), one[1]))


def _place(mode: str) -> int:
    return MODES.index(kind) if (kind := mode.partition("-")[0]) in MODES else len(MODES)


def _cell(found: ProbeVerdict | None, links: Sequence[Link]) -> TableCell:
    if found is None:
        return TableCell(NOTHING)
    word, tone = _WORDS[found.verdict]
    return cell(word, tone, found.said, links)
