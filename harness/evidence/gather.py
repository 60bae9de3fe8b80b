"""Evidence about frameworks, gathered from runs, adapters' files, set-ups, probes and sources."""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from harness import facts
from harness.errors import UsageError
from harness.evidence import elsewhere
from harness.frameworks.catalog import Catalog, Framework, discover
from harness.frameworks.label import Label, adapter_of
from harness.home import Home
from harness.matrix.model import Criteria, Reading
from harness.matrix.sources import Facts, ProbeReading
from harness.model import BASELINE, Run
from harness.results import archive, cache, store

_NO_FRAMEWORK = "it is the baseline, not a framework"
#: Why a framework is not ranked that neither ran nor was probed: only files and sources tell of it.
_NOT_RUN = "not in these runs"
#: Roles that are ranked unless the user asks for more: they start a pipeline's steps themselves.
RANKED = ("orchestrator", "durable execution")


class Evidence(msgspec.Struct, frozen=True):
    """Evidence for a selection: readings, frameworks, attributes, facts and verdicts."""

    readings: list[Reading]
    frameworks: dict[str, str]  #: label to the reason why it is not ranked; mostly empty
    attributes: dict[str, dict[str, list[str]]]  #: by framework, attributes for ``--require``
    facts: Facts
    verdicts: list[ProbeReading]
    roles: dict[str, str]  #: by framework
    absent: list[str]  #: frameworks that neither ran nor were probed


def runs(home: Home) -> list[Path]:
    """Return the default runs: the latest, and the latest with probes if that one has none."""
    latest = store.find_run(home, "latest")
    if store.load(latest).probes:
        return [latest]
    for path in sorted(home.results.glob(f"*/{store.RUN}"), reverse=True):
        with contextlib.suppress(UsageError):  # runs of another schema are skipped
            if not path.parent.is_symlink() and store.load(path.parent).probes:
                return [latest, path.parent]
    return [latest]


def gather(
    home: Home,
    folders: Sequence[Path],
    criteria: Criteria,
    mode: str,
    today: datetime.date | None = None,
    roles: Sequence[str] = (),
) -> Evidence:
    """Return the evidence from the runs in ``folders``, the adapters, set-ups, facts and probes.

    If several runs have the same reading, the one of the first run counts. Every adapter that is
    not a control is a framework, measured or not; versions in a run, such as ``prefect@3.8.5``,
    replace their adapter's name. A framework without ``mode`` is not ranked, and one of another
    role than :data:`RANKED` only if ``roles`` has it. The age of facts is counted to ``today``, by
    default the current date in UTC. Raises :class:`UsageError` if a run or a fact cannot be read.
    """
    catalog = discover(home)
    loaded = [store.load(folder) for folder in folders]
    seen = seen_in(loaded)
    labels = _labels(catalog, loaded, mode, (*RANKED, *roles), seen)
    today = today or datetime.datetime.now(datetime.UTC).date()
    adapters = {name: each for name, each in catalog.items() if not each.entry.control}
    known = facts.load(home, adapters, today)
    places = [archive.place(home, folder) for folder in folders]
    verdicts = [
        verdict
        for place, run in zip(places, loaded, strict=True)
        for verdict in _verdicts(place, run)
    ]
    readings: dict[tuple[str, str, str], Reading] = {}
    for reading in (
        *(each for folder in folders for each in _of_run(home, folder)),
        *_of_labels(_of_adapters(home, catalog, archive.setups(home, folders[0])), labels),
        *elsewhere.sourced(criteria, known, labels),
        *_of_labels(list(elsewhere.probed(criteria, verdicts)), labels),
    ):
        readings.setdefault((reading.framework, reading.mode, reading.indicator), reading)
    return Evidence(
        list(readings.values()),
        labels,
        _attributes(catalog, labels),
        known,
        verdicts,
        {label: each.entry.role for label in labels if (each := catalog.get(adapter_of(label)))},
        [label for label in labels if adapter_of(label) not in seen],
    )


def seen_in(runs: Sequence[Run]) -> set[str]:
    """Return the adapters that ran or were probed, and the baseline."""
    ran = {adapter_of(cell.framework) for run in runs for cell in run.plan.cells}
    return ran | {adapter_of(each.framework) for run in runs for each in run.probes} | {BASELINE}


def _verdicts(place: str, run: Run) -> Iterator[ProbeReading]:
    for each in run.probes:
        recorded = f"{place}/probes/{each.trial}/{each.probe}" if each.trial else ""
        yield ProbeReading(
            framework=each.framework,
            mode=each.mode,
            probe=each.probe,
            verdict=each.verdict.value,
            sources=tuple(filter(None, (recorded, each.link))),
            as_of=run.created[:10],
            note=each.said,
        )


def _labels(
    catalog: Catalog, runs: Sequence[Run], mode: str, ranked: Sequence[str], seen: set[str]
) -> dict[str, str]:
    """Return the labels of all frameworks, each with the reason why it is not ranked, or ""."""
    asked = [each for run in runs for each in run.plan.experiments if not each.control]
    cells = {cell.id: cell.framework for run in runs for cell in run.plan.cells}
    called = dict.fromkeys(cells[cell] for each in asked for cell in each.cells)
    labels = [label for label in called if Label.parse(label).python is None]
    there = {adapter_of(label) for label in labels}
    labels += [name for name in catalog if name not in there]
    reasons = {name: str(error) for name, error in catalog.broken.items()}
    for label in labels:
        known = catalog.get(adapter_of(label))
        if known is None:
            reasons.setdefault(label, "")
        elif not known.entry.control:
            ran = adapter_of(label) in seen
            reasons[label] = _not_ranked(known, mode, ranked) if ran else _NOT_RUN
    return reasons


def _not_ranked(framework: Framework, mode: str, ranked: Sequence[str]) -> str:
    """Return why a framework is not ranked; empty if it is."""
    if framework.entry.no_framework:
        return _NO_FRAMEWORK
    if mode not in framework.entry.modes:
        return f"it has no mode {mode}"
    role = framework.entry.role
    return "" if role in ranked else f"it does not orchestrate; to rank it, add --role {role}"


def _attributes(
    catalog: Catalog, labels: Sequence[str] | dict[str, str]
) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for label in labels:
        known = catalog.get(adapter_of(label))
        found[label] = {
            "framework": list(dict.fromkeys([label, adapter_of(label)])),
            "mode": list(known.entry.modes) if known else [],
            "role": [str(known.entry.role)] if known else [],
        }
    return found


def _of_run(home: Home, folder: Path) -> list[Reading]:
    def make() -> list[Reading]:
        # Imported late: the imports take longer than the rest if the cache has the readings.
        from harness.analysis.summary import cached_summary
        from harness.evidence import measured

        run = store.load(folder)
        return measured.of_run(place, run, cached_summary(home, folder, run))

    place = archive.place(home, folder)
    return cache.cached_of_run(home, folder, "readings", [place.encode()], list[Reading], make)


def _of_adapters(home: Home, catalog: Catalog, setups: Path) -> list[Reading]:
    """Return readings from adapters' files and from the set-up times in ``setups``."""
    measured = sorted(setups.glob("*.json"))

    def make() -> list[Reading]:
        from harness.evidence import effort
        from harness.setup.model import SetupCost

        found = [r for each in catalog.values() for r in effort.of_adapter(each)]
        for path in measured:
            cost = msgspec.json.decode(path.read_bytes(), type=SetupCost)
            found.append(effort.of_setup(cost, os.path.relpath(path, home.root)))
        return found

    own = [path for each in catalog.values() for path in _files(each)]
    of = [cache.code(), *(path.read_bytes() for path in (*own, *measured))]
    of += [os.path.relpath(path, home.root).encode() for path in measured]
    return cache.cached(home.cache, "adapters", of, list[Reading], make)


def _of_labels(readings: Sequence[Reading], labels: dict[str, str]) -> Iterator[Reading]:
    """Yield readings of adapters as readings of every label of that adapter."""
    for reading in readings:
        for label in labels:
            if reading.framework in (label, adapter_of(label)):
                yield msgspec.structs.replace(reading, framework=label)


def _files(framework: Framework) -> list[Path]:
    return sorted(path for path in framework.folder.glob("*") if path.suffix in (".py", ".toml"))


def measured_modes(readings: Sequence[Reading], criteria: Criteria) -> list[str]:
    """Return the modes that have a reading of a measured indicator, sorted."""
    measured = {name for name, each in criteria.indicators().items() if each.kind == "measured"}
    return sorted({each.mode for each in readings if each.indicator in measured} - {""})
