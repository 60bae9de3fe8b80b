"""Command of an MLflow project's entry point: runs one step, and logs its result."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import mlflow

from adapters.contract import Value, execute

_RESULT = "result.json"  # name of the artifact with a step's result


def main(call_file: str, runs: list[str]) -> None:
    """Run the step of a call on the results that the upstreams' ``runs`` logged, and log its own.

    The run is the one that MLflow names in the environment.
    """
    call = json.loads(Path(call_file).read_text())
    inputs = {up: result_of(run) for up, run in zip(call["upstreams"], runs, strict=True)}
    result = execute(call, inputs)
    with mlflow.start_run():
        mlflow.log_text(json.dumps(result), _RESULT)


def result_of(run: str) -> Value:
    """Return the result that a step's run has logged."""
    result: Value = json.loads(mlflow.artifacts.load_text(f"runs:/{run}/{_RESULT}"))
    return result


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
