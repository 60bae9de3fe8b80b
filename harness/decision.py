"""What `harness matrix` and reports share: in which modes there are readings, and who dissents."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from harness.home import Home
from harness.kept import kept
from harness.matrix.model import Answer, Criteria, Dissent, Reading


def modes(readings: Sequence[Reading], asked: Criteria) -> list[str]:
    """The modes in which something was measured."""
    measured = {name for name, each in asked.indicators().items() if each.kind == "measured"}
    return sorted({each.mode for each in readings if each.indicator in measured} - {""})


def dissent(found: Answer, home: Home) -> tuple[Dissent, ...]:
    """What other methods say; kept, because importing their library takes longer than all else."""
    ranked = {each.framework for each in found.standings}
    candidates = [each for each in found.scored if each.framework in ranked]

    def make() -> tuple[Dissent, ...]:
        from harness.matrix import dissent as others

        return others.of_others(candidates, found.weights)

    of = msgspec.json.encode((candidates, found.weights))
    name = hashlib.sha256(of).hexdigest()[:12]
    return kept(home.kept / "dissent", name, [of], tuple[Dissent, ...], make)
