"""Native MLflow: prints the state of a run whose process was killed, before and after a resumption.

A process with an open run gets a SIGKILL. Its record still says RUNNING: nothing looks whether the
process exists. ``start_run(run_id=...)`` resumes the record, and none of the run's work.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow  # its settings come first

OPEN = """\
import mlflow, time
with mlflow.start_run(run_name="killed"):
    with mlflow.start_run(run_name="step", nested=True):
        open("midway", "w").close()
        time.sleep(60)
"""
WATCHED_S = 5.0


def states() -> dict[str, str]:
    """Return the state of each run by its name."""
    return {run.info.run_name: run.info.status for run in mlflow.search_runs(output_format="list")}


if __name__ == "__main__":
    mlflow.set_tracking_uri(f"sqlite:///{Path('killed.db').absolute()}")
    mlflow.set_experiment(
        experiment_id=mlflow.create_experiment("by-hand", Path("kept").absolute().as_uri())
    )
    experiment = mlflow.get_experiment_by_name("by-hand").experiment_id
    env = os.environ | {"MLFLOW_EXPERIMENT_ID": experiment}
    with subprocess.Popen([sys.executable, "-c", OPEN], env=env) as process:
        while not Path("midway").exists():
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
    time.sleep(WATCHED_S)
    after = states()
    run_id = mlflow.search_runs(output_format="list", filter_string="run_name = 'killed'")[0]
    with mlflow.start_run(run_id=run_id.info.run_id):
        pass
    print(json.dumps({"after": after, "resumed": states()}))
