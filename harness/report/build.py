"""From material to a document: the chapters in their order, each part with its place as its id."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harness import __version__
from harness.analysis import caveats
from harness.analysis.summary import Summary
from harness.report.chapters import found, measured, method, trend
from harness.report.document import SCHEMA, AnyPart, Document, Note, RunSource, Section
from harness.report.gather.material import Material
from harness.text import escape

_CHAPTERS = (
    found.answer,
    found.probes,
    measured.overhead,
    measured.granularity,
    measured.scaling,
    measured.pipeline,
    found.code,
    found.setting_up,
    found.portability,
    measured.resources,
    found.facts,
    trend.trend,
    method.method,
    method.troubles,
)


def document(material: Material) -> Document:
    """The whole report; a chapter of which nothing is known is left out."""
    sections = [chapter(material) for chapter in _CHAPTERS]
    views = [run.view for run in material.runs]
    return Document(
        schema=SCHEMA,
        title=_title([run.view.run for run in material.runs]),
        harness=__version__,
        sentence=material.choice.sentence if material.choice else material.no_choice,
        warnings=tuple(caveats_of_several(views) if len(views) > 1 else views[0].warnings),
        sources=tuple(
            RunSource(run.view.run, run.view.created, run.view.status, run.commit, run.link)
            for run in material.runs
        ),
        sections=tuple(numbered for each in sections if (numbered := _numbered(each)).parts),
    )


def _title(runs: Sequence[str]) -> str:
    more = f" and {len(runs) - 1} more" if len(runs) > 1 else ""
    return f"Orchestration harness: {runs[0]}{more}"


def _numbered(section: Section) -> Section:
    """With ids, and without what only a terminal needs."""
    parts = [each for each in section.parts if not isinstance(each, Note) or each.text.strip()]
    return msgspec.structs.replace(section, parts=tuple(_with_ids(section.id, parts)))


def _with_ids(prefix: str, parts: Sequence[AnyPart]) -> list[AnyPart]:
    return [
        msgspec.structs.replace(each, id=f"{prefix}-{number}", title=escape(each.title))
        for number, each in enumerate(parts, 1)
    ]


def caveats_of_several(views: Sequence[Summary]) -> list[str]:
    """What has to be said first of several runs; of noise in one sentence."""
    noisy = [
        view for view in views if any(text.startswith(caveats.NOISY) for text in view.warnings)
    ]
    noise = [worst for view in noisy if (worst := caveats.noise_beyond_limit(view.controls))]
    timed = sum(view.timed for view in views)
    said = [
        f"{view.run}: {text}"
        for view in views
        for text in view.warnings
        if not text.startswith(caveats.NOISY)
    ]
    if noise:
        by = f"{min(noise):.0%} to {max(noise):.0%}" if len(noise) > 1 else f"{noise[0]:.0%}"
        runs = f"{len(noise)} of the {timed} runs that time anything"
        said.insert(0, f"{caveats.NOISY} {by} during {runs}; {caveats.ADVICE}")
    return said
