"""Chapter on the answer: the selection matrix, its sentence and its order."""

from __future__ import annotations

from harness.report.document import AnyPart, Matrix, Note, Section
from harness.report.material import Material


def answer(material: Material) -> Section:
    """Who wins, for whose weights, how surely."""
    choice = material.choice
    parts: tuple[AnyPart, ...] = (Note(text=material.no_choice, tone="warning"),)
    if choice is not None:
        parts = (
            Matrix(
                title=f"Selection matrix: {choice.answer.whose}, mode {choice.answer.mode}",
                sentence=choice.sentence,
                answer=choice.answer,
                criteria=choice.criteria,
                profiles=choice.profiles,
                dissent=choice.dissent,
                links=choice.links,
                choices=choice.choices,
            ),
        )
    return Section(
        "answer",
        "The answer",
        "Each reading lies between fixed bounds, so that nobody's points depend on who else is "
        "there; what is not known widens the interval.",
        parts,
    )
