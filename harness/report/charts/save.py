"""Charts as SVG or PNG files and as text; the same chart gives the same drawing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from harness.errors import UsageError
from harness.files import write_atomically
from harness.report.charts import pool, vega
from harness.report.document import Chart

SUFFIXES = (".svg", ".png")

_PLACES = re.compile(r' (?:d|transform|[xy][12]?|width|height)="[^"]*"')
_DIGITS = re.compile(r"(\.\d\d)\d+")
#: Defaults, classes that no style uses, and outlines of groups without stroke and fill.
_IDLE = re.compile(
    r'<path class="(?:fore|back)ground" aria-hidden="true" d="[^"]*"'
    r'(?: pointer-events="none")?(?: display="none")?/>| opacity="1"| pointer-events="none"'
    r'| transform="translate\(0,0\)"| stroke-width="1"| class="(?:mark|role|root|background)[^"]*"'
)
_EMPTY = "<g></g>"
_FONT = ' font-family="sans-serif"'
#: Descriptions of single marks for screen readers.
_LABELS = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')


def save(chart: Chart, path: Path) -> None:
    """Write the chart to ``path``, as SVG or PNG according to its suffix.

    Raises :class:`~harness.errors.UsageError` for another suffix.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"cannot draw {path.name!r}: name a file that ends with .svg or .png")
    spec = vega.spec(chart)
    _write(path, pool.png(spec) if path.suffix.lower() == ".png" else _text(svgs([spec])[0]))


def save_beside(charts: Sequence[Chart], folder: Path) -> None:
    """Write each chart to ``ID.svg`` in ``folder``, without descriptions of single marks.

    These files stand beside a text that has the same values.
    """
    for chart, drawn in zip(charts, svgs([vega.spec(each) for each in charts]), strict=True):
        _write(folder / f"{chart.id}.svg", _text(_LABELS.sub("", drawn)))


def svgs(specs: Sequence[vega.Spec]) -> list[str]:
    """Return Vega-Lite specifications as compact SVG, in order; nothing is fetched."""
    return [_lean(each) for each in pool.svgs(specs)]


def _text(drawn: str) -> bytes:
    return f"{drawn}\n".encode()


def _write(path: Path, drawn: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, drawn)


def _lean(drawn: str) -> str:
    """Return the same drawing in about half the size.

    Coordinates have two decimals, redundant attributes are left out, and the font is set once.
    """
    lean = _PLACES.sub(lambda place: _DIGITS.sub(r"\1", place[0]), drawn)
    lean = _IDLE.sub("", lean)
    while _EMPTY in lean:
        lean = lean.replace(_EMPTY, "")
    return lean.replace(_FONT, "").replace("<svg", f"<svg{_FONT}", 1)
