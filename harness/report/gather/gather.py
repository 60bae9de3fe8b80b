"""Gathering of runs, facts and the selection answer for a report."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from harness import facts
from harness.analysis.summary import Summary, cached_summary
from harness.errors import UsageError
from harness.evidence import gather as evidence
from harness.evidence.gather import measured_modes
from harness.frameworks.catalog import BASELINE, discover
from harness.frameworks.label import adapter_of
from harness.home import Home
from harness.matrix import constraints, criteria, weights
from harness.matrix.answer import answer, sentence
from harness.matrix.dissent import dissent
from harness.matrix.model import Answer, Criteria
from harness.model import Host, ProbeVerdict, Run
from harness.report.addresses import address
from harness.report.charts.curves import alone
from harness.report.document import Link
from harness.report.gather import links, pipelines
from harness.report.material import Material, MatrixMaterial, RunMaterial
from harness.report.relative import logs_from_here
from harness.results import archive, store
from harness.results.integrity import damage_reported
from harness.setup.model import SetupCost


class ReportRequest(msgspec.Struct, frozen=True):
    """The question that a report answers: runs, frameworks, weights and mode."""

    folders: Sequence[Path]  #: of the runs; where two have the same cell, the first counts
    frameworks: Sequence[str]  #: adapters to show; empty for all
    profile: str | None  #: weight profile
    mode: str  #: mode that the matrix compares
    mix_hosts: bool
    output: Path  #: folder of the report, from which links are relative
    today: datetime.date | None = None  #: date for the age of facts; None for the current date
    roles: Sequence[str] = ()  #: further roles to rank


def usual(home: Home) -> list[Path]:
    """Return the default runs: those of the matrix if from one host, else the first."""
    found = evidence.runs(home)
    return found[:1] if _mixed([store.load(folder) for folder in found]) else found


def gather(home: Home, asked: ReportRequest) -> Material:
    """Read everything that the requested report needs.

    Raises :class:`UsageError` for a damaged run, for a framework that the runs do not have, and
    for runs from several hosts unless ``mix_hosts`` is set.
    """
    runs = [(folder, store.load(folder)) for folder in asked.folders]
    mixed = _mixed([run for _, run in runs])
    if mixed and not asked.mix_hosts:
        raise UsageError(
            f"{mixed}; their times cannot be compared; to report them together: --mix-hosts"
        )
    catalog = discover(home)
    wanted = _wanted([run for _, run in runs], asked.frameworks)
    shown = wanted or evidence.seen_in([run for _, run in runs])
    adapters = {n: each for n, each in catalog.items() if not each.entry.control and n in shown}
    with damage_reported(asked.folders):
        summaries = {
            folder: logs_from_here(cached_summary(home, folder, run)) for folder, run in runs
        }
        materials = tuple(
            _run_material(folder, run, summaries[folder], wanted, asked.output)
            for folder, run in runs
        )
        modes = {name: each.entry.modes for name, each in adapters.items()}
        drawn = pipelines.executions(runs, wanted, alone(modes), asked.output)
        pipeline = pipelines.listings(home, runs, catalog, shown)
        choice, no_choice = _choice(home, asked, wanted)
    today = asked.today or datetime.datetime.now(datetime.UTC).date()
    return Material(
        runs=materials,
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


def _mixed(runs: Sequence[Run]) -> str:
    """Return the first difference between hosts other than their Python; empty if there is none."""
    first = runs[0]
    for run in runs[1:]:
        for field in Host.__struct_fields__:
            one, other = getattr(first.host, field), getattr(run.host, field)
            if field != "python" and one != other:
                return f"runs {first.id} and {run.id} are from two hosts: {field} {one} and {other}"
    return ""


def _wanted(runs: Sequence[Run], names: Sequence[str]) -> set[str]:
    """Return the adapters to show, always with the baseline; empty for all adapters."""
    if not names:
        return set()
    present = evidence.seen_in(runs)
    for name in names:
        if name not in present:
            known = ", ".join(sorted(present - {BASELINE})) or "none"
            raise UsageError(f"framework {name!r} is not in these runs; they have: {known}")
    return {*names, BASELINE}


def _run_material(
    folder: Path, run: Run, whole: Summary, wanted: set[str], output: Path
) -> RunMaterial:
    seen = only(whole, wanted)
    trials: dict[str, list[Link]] = {}
    for trial in run.trials:
        link = links.file(f"trial {trial.number}", folder, f"{store.TRIALS}/{trial.id}", output)
        for cell in dict.fromkeys(each.cell for each in trial.repetitions):
            if link is not None:
                trials.setdefault(cell, []).append(link)
    return RunMaterial(
        summary=seen,
        link=links.file(run.id, folder, store.RUN, output),
        files={cell: tuple(found) for cell, found in trials.items()},
        probes=tuple(
            (each, tuple(_evidence(folder, each, output)))
            for each in run.probes
            if not wanted or adapter_of(each.framework) in wanted
        ),
        harness=run.harness,
        commit=run.commit or "",
        roles=run.roles,
        packages={
            **{each.framework: each.version for each in run.probes if each.version},
            **{
                row.framework: row.version
                for each in seen.experiments
                if not each.control
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


def only(seen: Summary, wanted: set[str]) -> Summary:
    """Return the summary of the ``wanted`` adapters alone; of all if that set is empty."""
    if not wanted:
        return seen
    return msgspec.structs.replace(
        seen,
        experiments=[
            msgspec.structs.replace(
                each,
                rows=[row for row in each.rows if adapter_of(row.framework) in wanted],
                findings=[
                    found for found in each.findings if adapter_of(found.framework) in wanted
                ],
            )
            for each in seen.experiments
        ],
        starts=[each for each in seen.starts if adapter_of(each.framework) in wanted],
    )


def _evidence(folder: Path, probed: ProbeVerdict, output: Path) -> Iterator[Link]:
    if probed.trial:
        path = f"probes/{probed.trial}/{probed.probe}"
        if (found := links.file("recorded", folder, path, output)) is not None:
            yield found
    if probed.link and (found := address("documented", probed.link)) is not None:
        yield found


def _setups(
    folder: Path, wanted: set[str], output: Path
) -> Iterator[tuple[SetupCost, Link | None]]:
    for path in sorted(folder.glob("*.json")):
        try:
            cost = msgspec.json.decode(path.read_bytes(), type=SetupCost)
        except msgspec.MsgspecError as error:
            raise UsageError(f"{path} is damaged: {error}; remove it and measure again") from None
        if not wanted or cost.framework in wanted:
            yield cost, links.file("measured", folder, path.name, output)


def _choice(
    home: Home, asked: ReportRequest, wanted: set[str]
) -> tuple[MatrixMaterial | None, str]:
    """Return the selection answer, or None and the reason why there is none."""
    measured = criteria.read()
    profiles = weights.read(measured.criteria)
    whose, chosen_weights = weights.of(profiles, measured.criteria, asked.profile)
    known = evidence.gather(home, asked.folders, measured, asked.mode, asked.today, asked.roles)
    modes = measured_modes(known.readings, measured)
    if asked.mode not in modes:
        measured_in = ", ".join(modes) or "none"
        return None, (
            f"No answer for mode {asked.mode}: modes measured in these runs: {measured_in}; "
            "choose one with --mode, or measure: harness run --profile quick"
        )
    found = answer(
        measured,
        known.readings,
        {k: v for k, v in known.frameworks.items() if not wanted or adapter_of(k) in wanted},
        asked.mode,
        whose,
        chosen_weights,
        profiles.uncertainty,
        runs=[archive.named(home, folder) for folder in asked.folders],
        roles=known.roles,
        absent=known.absent,
    )
    return (
        MatrixMaterial(
            sentence=sentence(found, measured),
            answer=found,
            criteria=measured,
            profiles=profiles,
            dissent=dissent(found) if found.standings else (),
            links=dict(_sources(home, asked, found)),
            choices=_choices(known, measured, {each.framework for each in found.scored}),
        ),
        "",
    )


def _choices(
    known: evidence.Evidence, measured: Criteria, shown: set[str]
) -> tuple[constraints.Constraint, ...]:
    """Return the constraints that can be required of, or excluded for, the ``shown`` frameworks."""
    probes = [each.id for each in measured.indicators().values() if each.kind == "probed"]
    attributes = {name: own for name, own in known.attributes.items() if name in shown}
    asked = constraints.known(attributes, known.facts, known.verdicts, probes)
    return tuple(constraints.choices(asked))


def _sources(home: Home, asked: ReportRequest, found: Answer) -> Iterator[tuple[str, Link]]:
    """Yield each source of a reading that can be linked, with its link."""
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
            link = address(source, source) or _setup_link(home, source, asked.output)
        if link is not None:
            yield source, link


def _setup_link(home: Home, source: str, output: Path) -> Link | None:
    return links.file(source, home.results, source.removeprefix("results/"), output)
