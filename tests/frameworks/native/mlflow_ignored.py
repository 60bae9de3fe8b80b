"""Native MLflow: prints states and parameters that it accepts and does not act on.

A run that is set to KILLED works on to its end, which overwrites the state. A project's parameter
of the type float takes any text. A cancelled project's process ends, and its record says RUNNING.
"""

import json
import os
import sys
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

import mlflow  # its settings come first

PROJECT = {
    "name": "by-hand",
    "entry_points": {
        "typed": {"parameters": {"number": "float"}, "command": "echo {number} > typed"},
        "long": {"command": "sleep 60"},
    },
}


def killed() -> list[str]:
    """Return the states of a run that is set to KILLED: at once, and after the end of its block."""
    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        client.set_terminated(run.info.run_id, "KILLED")
        at_once = client.get_run(run.info.run_id).info.status
    return [at_once, client.get_run(run.info.run_id).info.status]


def cancelled() -> list[str]:
    """Return the states of a cancelled project: of its process, and of its record."""
    # Without parameters, a run in the background fails unless they are given as empty.
    submitted = mlflow.projects.run(
        ".", "long", parameters={}, env_manager="local", synchronous=False
    )
    submitted.cancel()
    recorded = mlflow.MlflowClient().get_run(submitted.run_id).info.status
    return [submitted.get_status(), recorded]


if __name__ == "__main__":
    mlflow.set_tracking_uri(f"sqlite:///{Path('ignored.db').absolute()}")
    Path("MLproject").write_text(json.dumps(PROJECT))
    mlflow.projects.run(".", "typed", parameters={"number": "abc"}, env_manager="local")
    typed = Path("typed").read_text().strip()
    print(json.dumps({"killed": killed(), "typed": typed, "cancelled": cancelled()}))
