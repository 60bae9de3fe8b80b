"""Hooks about machine learning: files are kept here, records only by the API service."""

# Annotations are not deferred: MLRun reads the hints of handlers, and cannot resolve aliases.
from typing import Any

import mlrun

from adapters.mlrun.probes.functions import body, function_of, project_of
from adapters.probing import NeedsServiceError, ProbeContext, Value

_DATABASE = "https://docs.mlrun.org/en/stable/api/mlrun.db/index.html"


def tracking(probe: ProbeContext) -> dict[str, Value]:
    """Log results and parameters, and read them back by ``list_runs``."""
    project, function = project_of(probe), function_of(probe)

    def train(context: mlrun.MLClientCtx, depth: int) -> None:
        body(context, probe.call("step"))
        context.log_results(probe.settings["metrics"])

    function.run(
        handler=train,
        name="train",
        params=probe.settings["parameters"],
        local=function.kind != "dask",
    )
    found = project.list_runs(name="train").to_objects()
    if not found:
        raise NeedsServiceError(
            "runs are recorded by the API service: list_runs() is empty", _DATABASE
        )
    return {"parameters": found[0].spec.parameters, "metrics": found[0].status.results}


def model_registry(probe: ProbeContext) -> dict[str, Value]:
    """Log two tagged versions of a model, and read them back by ``list_models``."""
    project, function = project_of(probe), function_of(probe)

    def register(context: mlrun.MLClientCtx, name: str) -> None:
        _log_model(probe, context, str(body(context, probe.call(name))), tag=name)

    for name in ("one", "two"):
        function.run(
            handler=register, name=name, params={"name": name}, local=function.kind != "dask"
        )
    found = project.list_models("model")
    if not found:
        raise NeedsServiceError(
            "models are registered with the API service: log_model() leaves files, "
            "and list_models() is empty",
            _DATABASE,
        )
    first = project.get_artifact("model", tag="one").to_dataitem().get()
    return {"versions": [str(each.tag) for each in found], "first": first.decode()}


def lineage(probe: ProbeContext) -> dict[str, Value]:
    """Trace a model by its file, which names the run that made it.

    The run's inputs are in the database only; so are the model's ``sources``, because MLRun sets
    them after it has written the file.
    """
    function = function_of(probe)
    kept: list[str] = []

    def make(context: mlrun.MLClientCtx) -> None:
        data = str(body(context, probe.call("make")))
        artifact = context.log_artifact("data", body=data, artifact_path=str(probe.folder))
        kept.append(artifact.get_target_path())

    function.run(handler=make, name="make", local=function.kind != "dask")

    def train(context: mlrun.MLClientCtx, data: mlrun.DataItem) -> None:
        word = data.get(encoding="utf-8")
        kept.append(_log_model(probe, context, str(body(context, probe.call("train"), word=word))))

    inputs = {"data": kept[0]}
    function.run(handler=train, name="train", inputs=inputs, local=function.kind != "dask")
    _, model, _ = mlrun.artifacts.get_model(kept[1])
    path: list[Value] = [model.key, f"run {model.producer['name']}"]
    project, _, uid = model.producer["uri"].partition("/")
    maker = mlrun.get_run_db().read_run(uid, project)
    return {"path": path + list((maker or {}).get("spec", {}).get("inputs", {}))}


def _log_model(probe: ProbeContext, context: Any, content: str, tag: str = "") -> str:
    """Log a model, and return its path."""
    model = context.log_model(
        "model",
        body=content.encode(),
        model_file="model.txt",
        artifact_path=str(probe.folder),
        tag=tag,
    )
    return str(model.get_target_path())
