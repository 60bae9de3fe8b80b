"""``harness compare``: two runs side by side."""

from __future__ import annotations

import sys

import msgspec

from harness.home import Home
from harness.report.terminal.console import under_way
from harness.results import archive, store
from harness.results.integrity import untrusted


def compare(before: str, after: str, as_json: bool) -> int:
    """Print how ``after`` differs from ``before``; 0 whatever it is, because comparing worked."""
    from harness.analysis.comparison import compare as compared
    from harness.report.tables.comparison import print_comparison

    home = Home.here()
    with under_way("reading the runs"):
        folders = [archive.find(home, name) for name in (before, after)]
        runs = [(folder, store.load(folder)) for folder in folders]
    with untrusted(folders):
        with under_way("comparing them"):
            found = compared(runs[0], runs[1])
        if as_json:
            sys.stdout.buffer.write(
                msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"
            )
        else:
            print_comparison(found)
    return 0
