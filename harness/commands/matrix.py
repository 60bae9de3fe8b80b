"""``harness matrix``: the ranking for given weights, and the probability of each winner."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harness.commands import json
from harness.errors import unknown
from harness.evidence.gather import Evidence, gather, measured_modes, runs
from harness.home import Home
from harness.matrix import constraints, criteria, weights
from harness.matrix.answer import answer, sentence
from harness.matrix.dissent import dissent
from harness.matrix.model import Answer, Criteria, Dissent
from harness.report.terminal.console import under_way
from harness.results import archive
from harness.results.integrity import damage_reported


class MatrixOptions(msgspec.Struct, frozen=True):
    """The options of ``harness matrix``, as typed."""

    runs: Sequence[str]
    mode: str
    profile: str | None
    weights: str | None
    weight: Sequence[str]
    require: Sequence[str]
    exclude: Sequence[str]
    roles: Sequence[str]
    explain: str | None
    as_json: bool


class MatrixOutput(msgspec.Struct, frozen=True):
    """Output of ``harness matrix --json``."""

    sentence: str
    answer: Answer
    dissent: tuple[Dissent, ...]


def decide(options: MatrixOptions) -> int:
    """Print the matrix, or the origin of one framework's points; return 0 whatever the result.

    Raise :class:`UsageError` for names that do not exist and for invalid weights.
    """
    home, asked = Home.here(), criteria.read()
    profiles = weights.read(asked.criteria)
    whose, chosen_weights = weights.of(
        profiles, asked.criteria, options.profile, options.weights, options.weight
    )
    with under_way("reading the runs"):
        folders = [archive.find(home, name) for name in options.runs] or runs(home)
        with damage_reported(folders):
            evidence = gather(home, folders, asked, options.mode, roles=options.roles)
    _check_mode(evidence, asked, options.mode)
    if options.explain is not None and options.explain not in evidence.frameworks:
        raise unknown("framework", options.explain, evidence.frameworks)
    probes = [each.id for each in asked.indicators().values() if each.kind == "probed"]
    known = constraints.known(evidence.attributes, evidence.facts, evidence.verdicts, probes)
    with damage_reported(folders):
        found = answer(
            asked,
            evidence.readings,
            evidence.frameworks,
            options.mode,
            whose,
            chosen_weights,
            profiles.uncertainty,
            constraints.removed(known, options.require, options.exclude),
            [archive.named(home, folder) for folder in folders],
            evidence.roles,
            evidence.absent,
        )
        _print(options, found, asked)
    return 0


def _check_mode(evidence: Evidence, asked: Criteria, mode: str) -> None:
    """Raise :class:`UsageError` if nothing was measured in ``mode``."""
    modes = measured_modes(evidence.readings, asked)
    if mode not in modes:
        raise unknown("readings in mode", mode, modes)


def _print(options: MatrixOptions, found: Answer, asked: Criteria) -> None:
    if options.as_json:
        json.write(MatrixOutput(sentence(found, asked), found, dissent(found)))
        return
    from harness.report.tables import matrix
    from harness.report.terminal import console

    if options.explain is not None:
        console.show(*matrix.explained(found, asked, options.explain))
        return
    console.show(*matrix.parts(found, asked))
    if found.standings:
        console.show(*matrix.dissent(dissent(found), found.first))
