"""Gathers what a report is made from: runs, what was found of frameworks, and who would win."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from harness import facts
from harness.analysis import summary
from harness.analysis.summary import View
from harness.errors import UsageError
from harness.evidence import decision
from harness.evidence import gather as evidence
from harness.frameworks.catalog import BASELINE, discover
from harness.home import Home
from harness.matrix import constraints, criteria, weights
from harness.matrix.answer import answer, sentence
from harness.matrix.model import Answer, Criteria
from harness.model import Host, Probed, Run
from harness.probes.model import Verdict
from harness.report.charts.curves import alone
from harness.report.document import Link
from harness.report.gather import links, pipelines
from harness.report.gather.material import Choice, Material, Told
from harness.results import archive, store
from harness.results.integrity import untrusted
from harness.setup.cost import SetupCost


class Asked(msgspec.Struct, frozen=True):
    """What a report is to be of."""

    folders: Sequence[Path]  #: of the runs, the one that counts most first
    frameworks: Sequence[str]  #: adapters; all if none is named
    profile: str | None  #: whose weights
    mode: str  #: in which the matrix compares
    mix_hosts: bool
    output: Path  #: from where links lead to files
    today: datetime.date | None = None  #: by which something is old; by the clock if none is given


def usual(home: Home) -> list[Path]:
    """The runs that count where none is named: as for the matrix, if they are of one host."""
    found = evidence.runs(home)
    return found[:1] if _mixed([store.load(folder) for folder in found]) else found


def gather(home: Home, asked: Asked) -> Material:
    """Read all of it. Raises :class:`UsageError` for a run that is damaged, for a framework that
    none of them has, and for runs of several hosts unless they were asked for.
    """
    runs = [(folder, store.load(folder)) for folder in asked.folders]
    mixed = _mixed([run for _, run in runs])
    if mixed and not asked.mix_hosts:
        raise UsageError(f"{mixed}; times of two hosts do not compare; --mix-hosts puts up with it")
    catalog = discover(home)
    wanted = _wanted([run for _, run in runs], asked.frameworks)
    adapters = {
        name: each
        for name, each in catalog.items()
        if not each.entry.ruler and (not wanted or name in wanted)
    }
    with untrusted(asked.folders):
        _check_verdicts([run for _, run in runs])
        views = {folder: summary.known(home, folder, run) for folder, run in runs}
        told = tuple(
            _told(folder, run, views[folder], wanted, asked.output) for folder, run in runs
        )
        modes = {name: each.entry.modes for name, each in adapters.items()}
        drawn = pipelines.executions(runs, wanted, alone(modes), asked.output)
        pipeline = pipelines.listings(home, runs, catalog, wanted)
        choice, no_choice = _choice(home, asked, wanted)
    today = asked.today or datetime.datetime.now(datetime.UTC).date()
    return Material(
        runs=told,
        choice=choice,
        no_choice=no_choice,
        executed=drawn,
        listings=pipeline.listings,
        workload=pipeline.workload,
        setups=tuple(_setups(archive.setups(home, asked.folders[0]), wanted, asked.output)),
        known=facts.all_known(home, adapters, today),
        modes=modes,
        titles={name: each.entry.title for name, each in adapters.items()},
        mixed=bool(mixed),
    )


def _check_verdicts(runs: Sequence[Run]) -> None:
    known = {each.value for each in Verdict}
    for each in (probed for run in runs for probed in run.probes):
        if each.verdict not in known:
            raise ValueError(f"probe {each.probe}: {each.verdict!r} is no verdict")


def _mixed(runs: Sequence[Run]) -> str:
    """How hosts differ; empty if all runs are of one. The harness's own Python is no part of it."""
    first = runs[0]
    for run in runs[1:]:
        for field in Host.__struct_fields__:
            one, other = getattr(first.host, field), getattr(run.host, field)
            if field != "python" and one != other:
                return f"runs {first.id} and {run.id} are of two hosts: {field} {one} and {other}"
    return ""


def _wanted(runs: Sequence[Run], names: Sequence[str]) -> set[str]:
    """Adapters that are to be shown, the baseline always; empty for all of them."""
    if not names:
        return set()
    there = {cell.framework.partition("@")[0] for run in runs for cell in run.plan.cells}
    there |= {each.framework for run in runs for each in run.probes}
    for name in names:
        if name not in there:
            known = ", ".join(sorted(there - {BASELINE})) or "none"
            raise UsageError(f"nothing of framework {name!r} is in these runs; there are: {known}")
    return {*names, BASELINE}


def _told(folder: Path, run: Run, whole: View, wanted: set[str], output: Path) -> Told:
    seen = only(whole, wanted)
    trials: dict[str, list[Link]] = {}
    for trial in run.trials:
        link = links.file(f"trial {trial.number}", folder, f"{store.TRIALS}/{trial.id}", output)
        for cell in dict.fromkeys(each.cell for each in trial.repetitions):
            if link is not None:
                trials.setdefault(cell, []).append(link)
    return Told(
        view=seen,
        link=links.file(run.id, folder, store.RUN, output),
        files={cell: tuple(found) for cell, found in trials.items()},
        probes=tuple(
            (each, tuple(_evidence(folder, each, output)))
            for each in run.probes
            if not wanted or each.framework.partition("@")[0] in wanted
        ),
        harness=run.harness,
        commit=run.commit or "",
        packages={
            **{each.framework: each.version for each in run.probes if each.version},
            **{
                row.framework: row.version
                for each in seen.experiments
                if not each.ruler
                for row in each.rows
            },
        },
        troubles=tuple(
            (
                each.line(),
                links.file("log", folder, f"{store.TRIALS}/{each.trial}/output.log", output),
            )
            for each in seen.troubles
        ),
    )


def only(seen: View, wanted: set[str]) -> View:
    """A view of some adapters alone; of all if none is named."""
    if not wanted:
        return seen
    return msgspec.structs.replace(
        seen,
        experiments=[
            msgspec.structs.replace(
                each,
                rows=[row for row in each.rows if _adapter(row.framework) in wanted],
                findings=[found for found in each.findings if _adapter(found.framework) in wanted],
            )
            for each in seen.experiments
        ],
        starts=[each for each in seen.starts if _adapter(each.framework) in wanted],
    )


def _adapter(label: str) -> str:
    return label.partition("@")[0]


def _evidence(folder: Path, probed: Probed, output: Path) -> Iterator[Link]:
    if probed.trial:
        path = f"probes/{probed.trial}/{probed.probe}"
        if (found := links.file("recorded", folder, path, output)) is not None:
            yield found
    if probed.link and (found := links.address("documented", probed.link)) is not None:
        yield found


def _setups(
    folder: Path, wanted: set[str], output: Path
) -> Iterator[tuple[SetupCost, Link | None]]:
    for path in sorted(folder.glob("*.json")):
        try:
            cost = msgspec.json.decode(path.read_bytes(), type=SetupCost)
        except msgspec.MsgspecError as error:
            raise UsageError(f"{path} is damaged: {error}; remove it, and measure again") from None
        if not wanted or cost.framework in wanted:
            yield cost, links.file("measured", folder, path.name, output)


def _choice(home: Home, asked: Asked, wanted: set[str]) -> tuple[Choice | None, str]:
    """Who wins; or why nobody can be told."""
    measured = criteria.read()
    profiles = weights.read(measured.criteria)
    whose, given = weights.of(profiles, measured.criteria, asked.profile)
    known = evidence.gather(home, asked.folders, measured, asked.mode, asked.today)
    modes = decision.modes(known.readings, measured)
    if asked.mode not in modes:
        there = ", ".join(modes) or "none"
        return None, (
            f"No answer for mode {asked.mode}: these runs measured in {there}; "
            "give --mode, or measure: harness run --profile quick"
        )
    found = answer(
        measured,
        known.readings,
        {k: v for k, v in known.frameworks.items() if not wanted or _adapter(k) in wanted},
        asked.mode,
        whose,
        given,
        profiles.uncertainty,
        runs=[archive.named(home, folder) for folder in asked.folders],
    )
    return (
        Choice(
            sentence=sentence(found, measured),
            answer=found,
            criteria=measured,
            profiles=profiles,
            dissent=decision.dissent(found) if found.standings else (),
            links=dict(_sources(home, asked, found)),
            choices=_choices(known, measured, {each.framework for each in found.scored}),
        ),
        "",
    )


def _choices(
    known: evidence.Evidence, measured: Criteria, shown: set[str]
) -> tuple[constraints.Choice, ...]:
    """What can be required of those that are shown."""
    probes = [each.id for each in measured.indicators().values() if each.kind == "probed"]
    attributes = {name: own for name, own in known.attributes.items() if name in shown}
    asked = constraints.known(attributes, known.facts, known.verdicts, probes)
    return tuple(constraints.choices(asked))


def _sources(home: Home, asked: Asked, found: Answer) -> Iterator[tuple[str, Link]]:
    """What readings are from, where it can be followed."""
    folders = {archive.place(home, folder): folder for folder in asked.folders}
    named = (
        source
        for each in found.scored
        for one in each.criteria.values()
        for point in one.points
        for source in (point.reading.sources if point.reading else ())
    )
    for source in dict.fromkeys(named):
        of = next((run for run in folders if source.startswith(f"{run}/")), None)
        if of is not None:
            path = source.removeprefix(f"{of}/")
            link = links.file(path.rpartition("/")[2], folders[of], path, asked.output)
        else:
            link = links.address(source, source) or _setup_link(home, source, asked.output)
        if link is not None:
            yield source, link


def _setup_link(home: Home, source: str, output: Path) -> Link | None:
    return links.file(source, home.results, source.removeprefix("results/"), output)
