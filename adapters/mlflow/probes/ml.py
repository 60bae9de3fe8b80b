"""Hooks about machine learning: parameters, metrics, models, data sets."""

from __future__ import annotations

from pathlib import Path

import mlflow
import pandas
from mlflow.pyfunc import PythonModel

from adapters.mlflow.probes.runs import found
from adapters.probing import ProbeContext, Value, perform

_FILE = "content.txt"


class Text(PythonModel):  # type: ignore[misc]  # MLflow's base classes do not have types
    """Model whose prediction is the text that it was made of."""

    # MLflow reads the hint of the input, and knows no class for the context.
    def predict(self, context, model_input: list[str]) -> list[str]:  # type: ignore[no-untyped-def]
        """Return the text once for each input; MLflow makes the model's signature of the hints."""
        return [context.model_config["text"] for _ in model_input]


def tracking(probe: ProbeContext) -> dict[str, Value]:
    """Log parameters and metrics to a run, and read them back from the store."""
    with mlflow.start_run(run_name=probe.run_id):
        perform(probe.call("step"))
        mlflow.log_params(probe.settings["parameters"])
        mlflow.log_metrics(probe.settings["metrics"])
    data = found(probe.run_id).data
    return {"parameters": dict(data.params), "metrics": dict(data.metrics)}


def model_registry(probe: ProbeContext) -> dict[str, Value]:
    """Log models with ``registered_model_name``; load the first version by its URI."""
    name = f"{probe.run_id}-model"
    for body in ("one", "two"):
        with mlflow.start_run(run_name=body):
            _log_model(str(perform(probe.call(body))), name)
    versions = mlflow.MlflowClient().search_model_versions(f"name = '{name}'")
    first = mlflow.pyfunc.load_model(f"models:/{name}/1").predict(["any"])
    return {"versions": sorted(str(each.version) for each in versions), "first": first[0]}


def lineage(probe: ProbeContext) -> dict[str, Value]:
    """Log the data as an input of the model's run; follow the model to its run and that's input."""
    with mlflow.start_run(run_name="make") as made:
        mlflow.log_text(str(perform(probe.call("make"))), _FILE)
    with mlflow.start_run(run_name="train"):
        place = mlflow.artifacts.download_artifacts(run_id=made.info.run_id, artifact_path=_FILE)
        word = Path(place).read_text()
        table = pandas.DataFrame({"word": [word]})
        mlflow.log_input(mlflow.data.from_pandas(table, source=place, name="data"))
        logged = _log_model(str(perform(probe.call("train"), word=word)))
    client = mlflow.MlflowClient()
    model = client.get_logged_model(logged.model_id)
    run = client.get_run(model.source_run_id)
    used = [each.dataset.name for each in run.inputs.dataset_inputs]
    return {"path": [model.name, f"run {run.info.run_name}", *used]}


def _log_model(text: str, registered: str | None = None) -> mlflow.models.model.ModelInfo:
    """Log a model in the active run, and register it if a name is given."""
    return mlflow.pyfunc.log_model(
        name="model",
        python_model=Text(),
        model_config={"text": text},
        pip_requirements=[],  # else it imports the model in another process to look for them
        registered_model_name=registered,
    )
