"""What `harness matrix` and reports share: in which modes there are readings, and who dissents."""

from __future__ import annotations

from collections.abc import Sequence

from harness.matrix.dissent import of_others
from harness.matrix.model import Answer, Criteria, Dissent, Reading


def modes(readings: Sequence[Reading], asked: Criteria) -> list[str]:
    """The modes in which something was measured."""
    measured = {name for name, each in asked.indicators().items() if each.kind == "measured"}
    return sorted({each.mode for each in readings if each.indicator in measured} - {""})


def dissent(found: Answer) -> tuple[Dissent, ...]:
    """What other methods say of those that are ranked."""
    ranked = {each.framework for each in found.standings}
    return of_others([each for each in found.scored if each.framework in ranked], found.weights)
