"""How long does a report take, and how large is it?

``python -m tests.benchmarks.report_speed``

Makes runs on paper of all frameworks and plain Python in three modes, of 100,000 events together,
then every form of report of them, each by the command and with nothing kept from before. Prints
the seconds and the size. A measurement and no test: times are the machine's.
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
    """Make one form of the report; returns how many seconds it took, and what was printed."""
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
    """Print how long each form took."""
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
