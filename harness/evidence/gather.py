"""All that is known of frameworks: from runs, adapters' files, set-ups, and elsewhere."""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from harness import facts
from harness.errors import UsageError
from harness.frameworks.catalog import Catalog, Framework, discover
from harness.home import Home
from harness.matrix import sources
from harness.matrix.model import Criteria, Reading
from harness.matrix.sources import Facts, Verdict
from harness.model import ON_PYTHON, Run
from harness.results import archive, cache, store

_NO_FRAMEWORK = "it is no framework, but what all are compared with"


class Evidence(msgspec.Struct, frozen=True):
    """What a selection is made from."""

    readings: list[Reading]
    frameworks: dict[str, str]  #: each with the reason why it is not to be ranked; mostly empty
    attributes: dict[str, dict[str, list[str]]]  #: by framework, what can be required of it
    facts: Facts
    verdicts: list[Verdict]


def runs(home: Home) -> list[Path]:
    """What counts where no run is named: the latest, and the latest with probes if it has none."""
    latest = store.find_run(home, "latest")
    if store.load(latest).probes:
        return [latest]
    for path in sorted(home.results.glob(f"*/{store.RUN}"), reverse=True):
        with contextlib.suppress(UsageError):  # of another schema: it is not meant
            if not path.parent.is_symlink() and store.load(path.parent).probes:
                return [latest, path.parent]
    return [latest]


def gather(
    home: Home,
    folders: Sequence[Path],
    criteria: Criteria,
    mode: str,
    today: datetime.date | None = None,
) -> Evidence:
    """Read it all; of one reading that several runs have, the first's counts.

    Every adapter that is no part of the ruler is a framework, whether it was measured or not; a
    run's versions, such as ``prefect@3.8.5``, take the place of their adapter's name. None is
    ranked without ``mode``. What is old is so by ``today``, or by the clock.
    """
    catalog = discover(home)
    loaded = [store.load(folder) for folder in folders]
    labels = _labels(catalog, loaded, mode)
    today = today or datetime.datetime.now(datetime.UTC).date()
    adapters = {name: each for name, each in catalog.items() if not each.entry.ruler}
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
        *sources.sourced(criteria, known, labels),
        *_of_labels(list(sources.probed(criteria, verdicts)), labels),
    ):
        readings.setdefault((reading.framework, reading.mode, reading.indicator), reading)
    return Evidence(list(readings.values()), labels, _attributes(catalog, labels), known, verdicts)


def _verdicts(place: str, run: Run) -> Iterator[Verdict]:
    for each in run.probes:
        recorded = f"{place}/probes/{each.trial}/{each.probe}" if each.trial else ""
        yield Verdict(
            framework=each.framework,
            mode=each.mode,
            probe=each.probe,
            verdict=each.verdict,
            sources=tuple(filter(None, (recorded, each.link))),
            as_of=run.created[:10],
            note=each.said,
        )


def _labels(catalog: Catalog, runs: Sequence[Run], mode: str) -> dict[str, str]:
    """The frameworks by what they are called, and why they are not ranked if they are not."""
    asked = [each for run in runs for each in run.plan.experiments if not each.ruler]
    cells = {cell.id: cell.framework for run in runs for cell in run.plan.cells}
    called = dict.fromkeys(cells[cell] for each in asked for cell in each.cells)
    labels = [label for label in called if ON_PYTHON not in label]
    there = {label.partition("@")[0] for label in labels}
    labels += [name for name in catalog if name not in there]
    reasons = {name: str(error) for name, error in catalog.broken.items()}
    for label in labels:
        known = catalog.get(label.partition("@")[0])
        if known is None:
            reasons.setdefault(label, "")
        elif not known.entry.ruler:
            lacks = "" if mode in known.entry.modes else f"it has no mode {mode}"
            reasons[label] = _NO_FRAMEWORK if known.entry.no_framework else lacks
    return reasons


def _attributes(
    catalog: Catalog, labels: Sequence[str] | dict[str, str]
) -> dict[str, dict[str, list[str]]]:
    found = {}
    for label in labels:
        known = catalog.get(label.partition("@")[0])
        found[label] = {
            "framework": list(dict.fromkeys([label, label.partition("@")[0]])),
            "mode": list(known.entry.modes) if known else [],
        }
    return found


def _of_run(home: Home, folder: Path) -> list[Reading]:
    def make() -> list[Reading]:
        # In here: these take longer to import than all that is done when there is nothing to do.
        from harness.analysis import summary
        from harness.evidence import measured

        run = store.load(folder)
        return measured.of_run(place, run, summary.known(home, folder, run))

    place = archive.place(home, folder)
    return cache.of_run(home, folder, "readings", [place.encode()], list[Reading], make)


def _of_adapters(home: Home, catalog: Catalog, setups: Path) -> list[Reading]:
    """From adapters' files, and from what setting them up took."""
    measured = sorted(setups.glob("*.json"))

    def make() -> list[Reading]:
        from harness.evidence import effort
        from harness.setup.cost import SetupCost

        found = [r for each in catalog.values() for r in effort.of_adapter(each)]
        for path in measured:
            cost = msgspec.json.decode(path.read_bytes(), type=SetupCost)
            found.append(effort.of_setup(cost, os.path.relpath(path, home.root)))
        return found

    own = [path for each in catalog.values() for path in _files(each)]
    of = [cache.code(), *(path.read_bytes() for path in (*own, *measured))]
    of += [os.path.relpath(path, home.root).encode() for path in measured]
    return cache.kept(home.kept, "adapters", of, list[Reading], make)


def _of_labels(readings: Sequence[Reading], labels: dict[str, str]) -> Iterator[Reading]:
    """Readings of adapters as readings of every label of theirs."""
    for reading in readings:
        for label in labels:
            if reading.framework in (label, label.partition("@")[0]):
                yield msgspec.structs.replace(reading, framework=label)


def _files(framework: Framework) -> list[Path]:
    return sorted(path for path in framework.folder.glob("*") if path.suffix in (".py", ".toml"))
