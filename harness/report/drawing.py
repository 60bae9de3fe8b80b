"""Charts as files: SVG or PNG. The same chart gives the same file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.errors import UsageError
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
    # Loaded here: it starts an engine, for which other commands need not wait.
    import vl_convert

    spec = msgspec.json.encode(vega.spec(chart)).decode()
    if path.suffix.lower() == ".png":
        path.write_bytes(vl_convert.vegalite_to_png(spec, scale=_SCALE))
    else:
        path.write_text(vl_convert.vegalite_to_svg(spec) + "\n", encoding="utf-8")
