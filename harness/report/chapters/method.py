"""Chapters on the method (versions, hosts, protocol, self-check) and on failures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.frameworks.label import Label, adapter_of
from harness.model import Host
from harness.report.document import AnyPart, Link, Note, Section, TableCell
from harness.report.material import Material, RunMaterial
from harness.report.tables import controls
from harness.report.tables.formatting import bytes_, cell, table

_WHOLE, _COMMIT = 40, 10  # characters of a commit, and how many are shown; "-dirty" may follow
_PROTOCOL = (
    "A repetition counts only if its outputs equal plain Python's, every step ran exactly once and "
    "after its upstreams, and the engine's own store, where it has one, counted the same.",
    "In each round every framework gets one fresh process, in a balanced order set by the seed. A "
    "figure is the median over trials of each trial's median; its 95 % interval is over trials. "
    "The first execution in a process is cold and reported separately.",
    "Ratios are taken within a round. A difference is a tie (=) if it lies within its interval or "
    "within the A/A null (plain Python against itself). ! marks trial medians that differ by 10 % "
    "or more, ? a figure of one trial alone.",
    "Modes are compared only with plain Python, in one process or a pool of processes (/plain, "
    "-plain), never with each other. A mode that is sequential by nature has P=1 and is compared "
    "with plain Python's P=1.",
)


def method(material: Material) -> Section:
    """Return the chapter with versions, hosts, protocol and the self-check of each run."""
    parts: list[AnyPart] = [_runs(material.runs), *_hosts(material), _versions(material.runs)]
    if material.modes:
        parts.append(_caveats(material))
    parts += [Note(text=text) for text in _PROTOCOL]
    for run in material.runs:
        if run.summary.timed:
            title = f"run {run.summary.run}: " if len(material.runs) > 1 else ""
            parts += [
                each if not isinstance(each, Note) else Note(text=f"{title}{each.text}")
                for each in controls.parts(run.summary.controls)
                if not isinstance(each, Note) or each.text
            ]
    return Section(
        "method",
        "Versions, hosts, protocol, self-check",
        "Origin of the figures, and the self-check of each run: plain Python against itself "
        "(negative control) and known injected costs (positive controls).",
        tuple(parts),
    )


def troubles(material: Material) -> Section:
    """Return the chapter on everything that was not ok, each failure once."""
    first: dict[str, Link | None] = {}
    for run in material.runs:
        for line, link in run.troubles:
            first.setdefault(line, link)
    return Section(
        "troubles",
        "Failures",
        "Trials in which something was not ok; they are left out of all figures.",
        tuple(
            Note(text=line, tone="bad", links=(link,) if link else ())
            for line, link in first.items()
        ),
    )


def _runs(runs: Sequence[RunMaterial]) -> AnyPart:
    hosts = _numbered(runs)
    return table(
        ("run", "host", "created", "status", "profile", "trials", "seed", "harness", "commit"),
        [
            [
                cell(run.summary.run, links=_only(run.link)),
                str(hosts[run.summary.host]),
                run.summary.created,
                run.summary.status,
                run.summary.plan.profile or "none",
                str(run.summary.plan.trials),
                str(run.summary.plan.seed),
                run.harness,
                run.commit[:_COMMIT] + run.commit[_WHOLE:],
            ]
            for run in runs
        ],
        left=("run", "created", "status", "profile", "harness", "commit"),
        title="runs",
    )


def _only(link: Link | None) -> tuple[Link, ...]:
    return () if link is None else (link,)


def _hosts(material: Material) -> Iterator[AnyPart]:
    if material.mixed:
        text = "These runs come from several hosts: compare only ratios to plain Python."
        yield Note(text=text, tone="warning")
    yield table(
        ("host", "system", "machine", "processor", "cores", "memory", "Python"),
        [
            [
                str(number),
                host.system,
                host.machine,
                host.processor,
                str(host.cores),
                bytes_(host.memory_bytes),
                host.python,
            ]
            for host, number in _numbered(material.runs).items()
        ],
        left=("system", "machine", "processor", "Python"),
        title="hosts",
    )


def _numbered(runs: Sequence[RunMaterial]) -> dict[Host, int]:
    """Return the hosts of the runs, numbered from 1."""
    hosts = dict.fromkeys(run.summary.host for run in runs)
    return {host: number for number, host in enumerate(hosts, 1)}


def _versions(runs: Sequence[RunMaterial]) -> AnyPart:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for run in runs:
        for name, version in run.packages.items():
            if version != "?":  # it never started
                python = run.summary.pythons.get(name, "?")
                found.setdefault((Label.parse(name).without_python, version), {})[python] = None
    rows = [[name, version, ", ".join(pythons)] for (name, version), pythons in found.items()]
    headings = ("framework", "version", "Python")
    return table(headings, rows, left=headings, title="versions")


def _caveats(material: Material) -> AnyPart:
    shown = {
        (adapter_of(row.framework), row.mode)
        for run in material.runs
        for each in run.summary.experiments
        for row in each.rows
    }
    shown |= {(each.framework, each.mode) for run in material.runs for each, _ in run.probes}
    headings = ("framework", "mode", "description", "parallel", "durable", "isolation")
    rows: list[list[str | TableCell]] = [
        [
            material.titles.get(adapter, adapter),
            name,
            mode.summary,
            _yes(mode.parallel),
            _yes(mode.durable),
            mode.isolation,
        ]
        for adapter, modes in material.modes.items()
        for name, mode in modes.items()
        if (adapter, name) in shown
    ]
    return table(headings, rows, left=headings, title="properties of the modes")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
