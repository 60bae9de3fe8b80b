"""Charts as files, SVG or PNG, and as text. The same chart gives the same drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from harness.errors import UsageError
from harness.printable import all_printable
from harness.report import vega
from harness.report.document import Chart

SUFFIXES = (".svg", ".png")
_SCALE = 2.0  # pixels of a PNG for each point


def save(chart: Chart, path: Path) -> None:
    """Write the chart to ``path``, whose suffix says whether as SVG or as PNG.

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
        path.write_text(svg(spec) + "\n", encoding="utf-8")


def svg(spec: dict[str, Any]) -> str:
    """A Vega-Lite specification as SVG; nothing is fetched for it."""
    # Loaded here: it starts an engine, for which other commands need not wait.
    import vl_convert

    return str(vl_convert.vegalite_to_svg(_harmless(spec), allowed_base_urls=[]))


def _harmless(spec: dict[str, Any]) -> str:
    """The specification as JSON without control characters: the engine aborts the process where
    XML has no place for one.
    """
    return msgspec.json.encode(all_printable(spec)).decode()
