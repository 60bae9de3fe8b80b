"""Chapter on the answer: the selection matrix, its sentence and its order."""

from __future__ import annotations

from harness.report.document import AnyPart, Matrix, Note, Section
from harness.report.material import Material


def answer(material: Material) -> Section:
    """Return the chapter with the winner, its probability and the selection matrix."""
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
        "Readings are scored between fixed bounds, so the points of a framework do not depend on "
        "the other frameworks; an unknown reading widens the interval.",
        parts,
    )
