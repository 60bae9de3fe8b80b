"""``harness compare``: two runs side by side."""

from __future__ import annotations

from harness.commands import json
from harness.home import Home
from harness.report.terminal.console import under_way
from harness.results import archive, store
from harness.results.integrity import damage_reported


def compare(before: str, after: str, as_json: bool) -> int:
    """Print how the run ``after`` differs from ``before``; return 0 whatever differs."""
    from harness.analysis.comparison import compare as compared
    from harness.report.tables.comparison import print_comparison

    home = Home.here()
    with under_way("reading the runs"):
        folders = [archive.find(home, name) for name in (before, after)]
        runs = [(folder, store.load(folder)) for folder in folders]
    with damage_reported(folders):
        with under_way("comparing them"):
            found = compared(runs[0], runs[1])
        if as_json:
            json.write(found)
        else:
            print_comparison(found)
    return 0
