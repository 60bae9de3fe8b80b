"""``harness report``: the report on one or several runs, on the terminal or as files."""

from __future__ import annotations

import os
import webbrowser
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
import msgspec

from harness.commands import json
from harness.errors import UsageError
from harness.files import own_folder, write_atomically
from harness.home import Home
from harness.report.build import document
from harness.report.document import Document, charts_of
from harness.report.gather.gather import ReportRequest, gather, usual
from harness.report.terminal.console import under_way
from harness.results import archive
from harness.results.integrity import damage_reported
from harness.text import escape


class ReportOptions(msgspec.Struct, frozen=True):
    """The options of ``harness report``, as typed."""

    runs: Sequence[str]
    frameworks: Sequence[str]
    formats: Sequence[str]
    output: Path | None
    into: Path | None
    opened: bool
    profile: str | None
    mode: str
    roles: Sequence[str]
    mix_hosts: bool


def report(options: ReportOptions) -> int:
    """Write or print a report; return 0 whatever its content.

    Raise :class:`UsageError` for runs, frameworks, profiles or modes that do not exist, for runs
    of several hosts without ``mix_hosts``, and for a file without the marks of ``into``.
    """
    home = Home.here()
    needed = [*(["html"] if options.opened else []), *(["markdown"] if options.into else [])]
    formats = list(dict.fromkeys([*options.formats, *needed]))
    if not formats:
        formats = ["markdown", "json", "html"] if options.output else ["terminal"]
    with _engine(formats):
        return _report(options, home, formats)


def _engine(formats: Sequence[str]) -> AbstractContextManager[None]:
    """Return a context that starts the chart renderer early, if a form with charts is asked for."""
    if {"markdown", "html", "site"}.isdisjoint(formats):
        return nullcontext()
    from harness.report.charts import pool

    return pool.ahead()


def _report(options: ReportOptions, home: Home, formats: Sequence[str]) -> int:
    with under_way("reading the runs"):
        named = dict.fromkeys(archive.find(home, name) for name in options.runs)
        folders = list(named) or usual(home)
        output = options.output or (_place(home, folders) if named else folders[0])
        material = gather(
            home,
            ReportRequest(
                folders=folders,
                frameworks=options.frameworks,
                profile=options.profile,
                mode=options.mode,
                mix_hosts=options.mix_hosts,
                output=output,
                roles=options.roles,
            ),
        )
        with damage_reported(folders):
            made = document(material)
    to_stdout = "json" in formats and options.output is None  # then nothing else may go there
    with damage_reported(folders):
        for each in formats:
            _tell(made, each, output, to_stdout)
    if options.into:
        _put(made, output, options.into, to_stdout)
    if options.opened:
        webbrowser.open((output / "report.html").resolve().as_uri())
    return 0


def _tell(made: Document, form: str, output: Path, to_stdout: bool) -> None:
    """Print or write one form; with ``to_stdout`` only JSON may go to stdout."""
    if form == "terminal":
        from harness.report.terminal import document as paged

        paged.print_document(made)
    elif form == "json" and to_stdout:
        json.write(made)
    else:
        with under_way(f"drawing and writing the report: {form}"):
            written = write(made, form, output)
        click.echo(escape(f"report: {os.path.relpath(written)}"), err=to_stdout)


def _put(made: Document, output: Path, file: Path, to_stdout: bool) -> None:
    from harness.report import brief

    folder = Path(os.path.relpath(output.resolve(), file.resolve().parent)).as_posix()
    try:
        text = brief.put(made, file.read_text(encoding="utf-8"), folder)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot read {file} (--into): {error}") from None
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from None
    write_atomically(file, text.encode())
    click.echo(escape(f"updated: {os.path.relpath(file)}"), err=to_stdout)


def _place(home: Home, folders: Sequence[Path]) -> Path:
    """Return the folder for a report: its run's, or for several runs one in results/reports."""
    if len(folders) == 1:
        return folders[0]
    return home.reports / f"{folders[0].name}-and-{len(folders) - 1}-more"


def write(made: Document, form: str, output: Path) -> Path:
    """Write one form of a report into the folder ``output``; return the main file's path."""
    output.mkdir(parents=True, exist_ok=True)
    if form == "json":
        path, data = output / "report.json", json.encoded(made)
    elif form == "markdown":
        from harness.report import markdown

        _draw(made, output / markdown.FIGURES)
        files = {name: text.encode() for name, text in markdown.render(made).items()}
        path, data = output / markdown.MAIN, files.pop(markdown.MAIN)
        for name, details in files.items():
            write_atomically(output / name, details)
    elif form == "site":
        return _site(made, output / "site")
    else:
        from harness.report import html

        path, data = output / "report.html", html.render(made).encode()
    write_atomically(path, data)
    return path


def _site(made: Document, folder: Path) -> Path:
    """Write all pages and remove those of an earlier report; return the front page's path."""
    from harness.report import html

    _emptied(folder, "*.html")
    for name, page in html.site(made).items():
        write_atomically(folder / name, page.encode())
    return folder / html.FRONT


def _draw(made: Document, folder: Path) -> None:
    """Write every chart as a file, and remove those of an earlier report."""
    from harness.report.charts import save

    _emptied(folder, "*.svg")
    save.save_beside(charts_of(made.sections), folder)


def _emptied(folder: Path, pattern: str) -> None:
    for old in own_folder(folder).glob(pattern):
        if old.is_symlink() or not old.is_dir():
            old.unlink()
