"""Command of a probe's entry point: runs one body with the parameters, and logs its result."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import mlflow

from adapters.probing import Value, perform


def main(call_file: str, parameters: list[str]) -> None:
    """Run the body of a call with parameters such as ``value=3``, in the run of this process."""
    named = (each.partition("=") for each in parameters)
    result = perform(
        json.loads(Path(call_file).read_text()), **{name: _read(text) for name, _, text in named}
    )
    with mlflow.start_run():
        mlflow.log_text(json.dumps(result), "result.json")


def _read(text: str) -> Value:
    """Return a parameter as JSON, or as text if it is not JSON: MLflow passes text."""
    try:
        value: Value = json.loads(text)
    except ValueError:
        return text
    return value


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
