"""Assembly of a report document from its chapters, with an id for each part."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harness import __version__
from harness.analysis import caveats
from harness.analysis.summary import Summary
from harness.report.chapters import (
    answer,
    code,
    facts,
    measured,
    method,
    portability,
    probes,
    setup,
    trend,
)
from harness.report.document import SCHEMA, AnyPart, Document, Note, RunSource, Section
from harness.report.material import Material
from harness.text import escape

_CHAPTERS = (
    answer.answer,
    probes.probes,
    measured.overhead,
    measured.granularity,
    measured.scaling,
    measured.pipeline,
    code.code,
    setup.setup,
    portability.portability,
    measured.resources,
    facts.facts,
    trend.trend,
    method.method,
    method.troubles,
)


def document(material: Material) -> Document:
    """Return the report made from ``material``; chapters without any part are left out."""
    sections = [chapter(material) for chapter in _CHAPTERS]
    summaries = [run.summary for run in material.runs]
    return Document(
        schema=SCHEMA,
        title=_title([run.summary.run for run in material.runs]),
        harness=__version__,
        sentence=material.choice.sentence if material.choice else material.no_choice,
        warnings=tuple(
            caveats_of_several(summaries) if len(summaries) > 1 else summaries[0].warnings
        ),
        sources=tuple(
            RunSource(
                run.summary.run, run.summary.created, run.summary.status, run.commit, run.link
            )
            for run in material.runs
        ),
        sections=tuple(numbered for each in sections if (numbered := _numbered(each)).parts),
    )


def _title(runs: Sequence[str]) -> str:
    more = f" and {len(runs) - 1} more" if len(runs) > 1 else ""
    return f"Orchestration harness: {runs[0]}{more}"


def _numbered(section: Section) -> Section:
    """Return ``section`` with part ids and without the blank notes that only a terminal needs."""
    parts = [each for each in section.parts if not isinstance(each, Note) or each.text.strip()]
    return msgspec.structs.replace(section, parts=tuple(_with_ids(section.id, parts)))


def _with_ids(prefix: str, parts: Sequence[AnyPart]) -> list[AnyPart]:
    return [
        msgspec.structs.replace(each, id=f"{prefix}-{number}", title=escape(each.title))
        for number, each in enumerate(parts, 1)
    ]


def caveats_of_several(summaries: Sequence[Summary]) -> list[str]:
    """Return the warnings of all runs, each with its run; host noise is summed up in one."""
    noisy = [
        summary
        for summary in summaries
        if any(text.startswith(caveats.NOISY) for text in summary.warnings)
    ]
    noise = [worst for summary in noisy if (worst := caveats.noise_beyond_limit(summary.controls))]
    timed = sum(summary.timed for summary in summaries)
    warnings = [
        f"{summary.run}: {text}"
        for summary in summaries
        for text in summary.warnings
        if not text.startswith(caveats.NOISY)
    ]
    if noise:
        by = f"{min(noise):.0%} to {max(noise):.0%}" if len(noise) > 1 else f"{noise[0]:.0%}"
        runs = f"{len(noise)} of the {timed} runs that measured times"
        warnings.insert(0, f"{caveats.NOISY} {by} during {runs}; {caveats.ADVICE}")
    return warnings
