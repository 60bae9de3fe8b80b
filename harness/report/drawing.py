"""Charts as files, SVG or PNG, and as text. The same chart gives the same drawing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import UsageError
from harness.printable import all_printable
from harness.report import vega
from harness.report.document import Chart

SUFFIXES = (".svg", ".png")
_SCALE = 2.0  # pixels of a PNG for each point

_PLACES = re.compile(r' (?:d|transform|[xy][12]?|width|height)="[^"]*"')
_DIGITS = re.compile(r"(\.\d\d)\d+")
#: Defaults, names that no style is for, and the outlines of groups without line and filling.
_IDLE = re.compile(
    r'<path class="(?:fore|back)ground" aria-hidden="true" d="[^"]*"'
    r'(?: pointer-events="none")?(?: display="none")?/>| opacity="1"| pointer-events="none"'
    r'| transform="translate\(0,0\)"| stroke-width="1"| class="(?:mark|role|root|background)[^"]*"'
)
_EMPTY = "<g></g>"
_FONT = ' font-family="sans-serif"'
#: What a mark tells who cannot see it.
_SAID = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')


def save(chart: Chart, path: Path, beside: bool = False) -> None:
    """Write the chart to ``path``, whose suffix says whether as SVG or as PNG. ``beside``: a text
    that says what it shows, so that not every mark has to.

    Raises :class:`~harness.errors.UsageError` for another suffix.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"cannot draw {path.name!r}: give a file that ends with .svg or .png")
    path.parent.mkdir(parents=True, exist_ok=True)
    spec = vega.spec(chart)
    if path.suffix.lower() == ".png":
        import vl_convert

        path.write_bytes(vl_convert.vegalite_to_png(_harmless(spec), scale=_SCALE))
    else:
        drawn = svg(spec)
        path.write_text((_SAID.sub("", drawn) if beside else drawn) + "\n", encoding="utf-8")


def svg(spec: dict[str, Any]) -> str:
    """A Vega-Lite specification as SVG; nothing is fetched for it."""
    # Loaded here: it starts an engine, for which other commands need not wait.
    import vl_convert

    return _lean(str(vl_convert.vegalite_to_svg(_harmless(spec), allowed_base_urls=[])))


def _lean(drawn: str) -> str:
    """The same drawing in half of it: hundredths of a point are enough, what says nothing is left
    out, and what all of it has in common is said once.
    """
    lean = _PLACES.sub(lambda place: _DIGITS.sub(r"\1", place[0]), drawn)
    lean = _IDLE.sub("", lean)
    while _EMPTY in lean:
        lean = lean.replace(_EMPTY, "")
    return lean.replace(_FONT, "").replace("<svg", f"<svg{_FONT}", 1)


def _harmless(spec: dict[str, Any]) -> str:
    """The specification as JSON without control characters: the engine aborts the process where
    XML has no place for one.
    """
    return msgspec.json.encode(all_printable(spec)).decode()
