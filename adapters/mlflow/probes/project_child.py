"""Command of an entry point that is a workflow: runs other entry points below its own run."""

from __future__ import annotations

import sys

import mlflow

if __name__ == "__main__":
    with mlflow.start_run():
        for entry_point in sys.argv[1:]:
            mlflow.projects.run(
                ".",
                entry_point,
                env_manager="local",
                run_name=entry_point,
            )
