"""Time and size of reports.

``python -m tests.benchmarks.report_speed``

Makes up runs of all frameworks and plain Python in three modes, with 100,000 events in total, then
every form of their report, each by the command and with an empty cache. Prints the seconds and the
size in MB. A measurement, not a test: times depend on the machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness.report.markdown import MAIN
from tests.benchmarks.analysis_growth import make

FRAMEWORKS = ("airflow", "flyte", "mlrun", "prefect")
MODES = ("inprocess", "server", "distributed")
EVENTS = 100_000
HARNESS = "from harness.cli import main; main()"
FORMS = {"html": "report.html", "markdown": MAIN, "json": "report.json", "terminal": ""}


def report(home: Path, runs: list[str], form: str) -> tuple[float, bytes]:
    """Make one form of the report; return the seconds it took, and its stdout."""
    command = [sys.executable, "-c", HARNESS, "report", *runs, "--format", form]
    begun = time.perf_counter()
    done = subprocess.run(
        [*command, "--output", str(home / "out")],
        env={**os.environ, "HARNESS_HOME": str(home)},
        check=True,
        stdout=subprocess.PIPE,
    )
    return time.perf_counter() - begun, done.stdout


def main() -> None:
    """Print the time and size of each form."""
    for form, file in FORMS.items():
        with tempfile.TemporaryDirectory() as name:
            home = Path(name)
            for mode in MODES:
                make(home / "results" / mode, EVENTS // len(MODES), FRAMEWORKS, mode)
            took_s, printed = report(home, list(MODES), form)
            size = (home / "out" / file).stat().st_size if file else len(printed)
        print(f"{form:8} {took_s:5.2f} s, {size / 1e6:5.2f} MB", flush=True)


if __name__ == "__main__":
    main()
