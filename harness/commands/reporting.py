"""``harness report``: all that is known of some runs, in a form to decide by or to paste from."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from harness import store
from harness.dossier import Asked, gather, usual
from harness.errors import UsageError
from harness.home import Home
from harness.report.build import document
from harness.report.document import Chart, Curves, Document, Gantt, Intervals, Waterfall

_PAGE = "harness.report.html"


class Options(msgspec.Struct, frozen=True):
    """The options of ``harness report``, as typed."""

    runs: Sequence[str]
    frameworks: Sequence[str]
    formats: Sequence[str]
    output: Path | None
    opened: bool
    profile: str | None
    mode: str
    mix_hosts: bool


def report(options: Options) -> int:
    """Write or print a report; 0 whatever it says. Raises :class:`UsageError`."""
    home = Home.here()
    formats = list(dict.fromkeys([*options.formats, *(["html"] if options.opened else [])]))
    if "html" in formats and not page_is_there():
        raise UsageError("there is no HTML report in this version; ask for: --format markdown")
    if not formats:
        whole = ["markdown", "json", *(["html"] if page_is_there() else [])]
        formats = whole if options.output else ["terminal"]
    named = dict.fromkeys(store.find_run(home, name) for name in options.runs)
    folders = list(named) or usual(home)
    output = options.output or (_place(home, folders) if named else folders[0])
    made = document(
        gather(
            home,
            Asked(
                folders=folders,
                frameworks=options.frameworks,
                profile=options.profile,
                mode=options.mode,
                mix_hosts=options.mix_hosts,
                output=output,
            ),
        )
    )
    for each in formats:
        if each == "terminal":
            from harness.report import paged

            paged.print_document(made)
        elif each == "json" and options.output is None:
            sys.stdout.buffer.write(encoded(made))
        else:
            click.echo(f"report: {os.path.relpath(write(made, each, output))}")
    if options.opened:
        webbrowser.open((output / "report.html").resolve().as_uri())
    return 0


def page_is_there() -> bool:
    """Whether this version has a renderer of HTML."""
    return importlib.util.find_spec(_PAGE) is not None


def _place(home: Home, folders: Sequence[Path]) -> Path:
    """Where a report goes: into its run's folder, or for several beside them."""
    if len(folders) == 1:
        return folders[0]
    return home.reports / f"{folders[0].name}-and-{len(folders) - 1}-more"


def encoded(made: Document) -> bytes:
    """The document as JSON, of the form that schema.json has."""
    return msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"


def write(made: Document, form: str, output: Path) -> Path:
    """Write one form of a report into the folder ``output``; returns the file."""
    output.mkdir(parents=True, exist_ok=True)
    if form == "json":
        path, data = output / "report.json", encoded(made)
    elif form == "markdown":
        from harness.report import markdown

        _draw(made, output / markdown.FIGURES)
        path, data = output / "report.md", markdown.render(made).encode()
    else:
        page = importlib.import_module(_PAGE)  # by name: it comes with versions that have it
        path, data = output / "report.html", page.render(made).encode()
    store.write_bytes(path, data)
    return path


def _draw(made: Document, folder: Path) -> None:
    """Every chart as a file, and none that is of an earlier report."""
    from harness.report import drawing

    charts: list[Chart] = [
        part
        for section in made.sections
        for part in section.parts
        if isinstance(part, (Curves, Intervals, Gantt, Waterfall))
    ]
    if folder.is_symlink():  # as a run from elsewhere may have it
        raise UsageError(f"{folder} leads elsewhere; remove it, or give another --output")
    for old in folder.glob("*.svg"):
        old.unlink()
    for chart in charts:
        drawing.save(chart, folder / f"{chart.id}.svg")
