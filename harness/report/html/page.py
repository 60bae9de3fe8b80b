"""HTML page: templates and their filters; all foreign text is escaped."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from markupsafe import Markup

from harness.home import package_folder
from harness.report.document import Document, Section
from harness.report.html import charts, safe
from harness.report.html.selection import Selection
from harness.text import escape

FOLDER = package_folder("harness") / "report" / "html"
_SCRIPTS = ("ranking.js", "chance.js", "matrix.js", "page.js")
_STYLES = ("look.css", "matrix.css", "print.css")
_MARKS = {"good": "✓", "partly": "◐", "bad": "✗", "warning": "!", "dim": "", "": ""}


def render(document: Document, pages: Mapping[str, str] | None = None, base: str = "") -> str:
    """Return the whole report as one page.

    ``pages`` has the files of the frameworks' own pages, by framework; ``base`` is the path from
    the page's folder to the report's, to which the document's links are relative.
    """
    return fill("report.html.jinja", base, document.sections, document=document, pages=pages or {})


def fill(template: str, base: str, sections: Sequence[Section], **values: Any) -> str:
    """Return a filled template, with script, style and the charts of ``sections``."""
    script, style = _asset(_SCRIPTS), _asset(_STYLES)
    environment = _environment()
    environment.filters["href"] = functools.partial(safe.href, base=base)
    return environment.get_template(template).render(
        script=Markup(script),
        style=Markup(style),
        policy=_policy(script),
        sections=sections,
        pictures=charts.pictures(sections),
        **values,
    )


@functools.cache
def _asset(names: tuple[str, ...]) -> str:
    """Return the joined asset files; they must not contain a closing script or style tag."""
    return "".join((FOLDER / "assets" / name).read_text(encoding="utf-8") for name in names)


def _policy(script: str) -> str:
    """Return a content security policy: only ``script`` runs; nothing is fetched or sent."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.filters |= {
        "json": safe.json,
        "kind": lambda part: part.__struct_config__.tag,
        "groups": charts.grouped,
        "mark": lambda tone: _MARKS[tone],
        "lines": lambda text: text.expandtabs(4).splitlines(),
    }
    environment.globals |= {
        "numbers": charts.in_numbers,
        "selection": Selection,
    }
    return environment


def _finalized(value: Any) -> Any:
    """Escape control and direction characters in text."""
    return escape(value) if type(value) is str else value
