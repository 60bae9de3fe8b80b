"""Customer churn, the canonical machine-learning workload: from raw rows to a retrain decision.

ingest -> validate -> label -> split -> features -> train x N -> evaluate x N -> select -> deploy
-> predict -> monitor -> summarise. Its one output, ``report``, does not contain paths, times,
hosts or version numbers: equal parameters give an equal report in every run.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workloads.dag import Dag, ParameterError, Ref, Workload
from workloads.execute import shared_folder
from workloads.ml import candidates as models
from workloads.ml import customers, drift, metrics, model_registry, partition, tables, validation
from workloads.ml import features as encoding
from workloads.ml.schema import columns_of, infer

Floats = NDArray[np.float64]
Json = dict[str, Any]

#: Minimum of customers for enough rows of both classes in each part.
MIN_ROWS = 500
#: Maximum drift: beyond it, one class may have too few production rows for metrics.
MAX_DRIFT = 2
#: Facts of each candidate in the report.
SHOWN = ("number", "family", "settings", "metrics")
RULE = "highest ROC AUC on test, then lowest log loss, then lowest number"


def ingest(
    data: str | None, rows: int, seed: int, data_drift: float, concept_drift: float
) -> pa.Table:
    """Read the raw table from the file ``data``, or generate it if that is None."""
    if data is not None:
        return tables.read_table(data)
    return customers.generate(rows, seed, data_drift, concept_drift)


def validate(
    raw: pa.Table, data: str | None, target: str | None, time: str | None, max_rejected: float
) -> Json:
    """Return ``valid`` and ``rejected`` rows, ``counts`` by reason, and the ``schema``."""
    columns = list(customers.SCHEMA) if target is None else infer(raw, target, time)
    checked = validation.check_rows(raw, columns)
    validation.check_share(checked["counts"], max_rejected, data or "generated customers")
    return {**checked, "schema": [column.to_json() for column in columns]}


def label(valid: pa.Table, schema: list[Json]) -> Json:
    """Return the ``table`` with 0 and 1 as its target, and the ``target``'s two classes."""
    table, target = partition.binary(valid, columns_of(schema, "target")[0])
    return {"table": table, "target": target}


def split(table: pa.Table, target: Json, schema: list[Json], seed: int) -> dict[str, pa.Table]:
    """Split into ``train`` and ``test`` rows, and the later ``production`` rows."""
    time = columns_of(schema, "time")
    return partition.cut(table, target, time[0] if time else None, seed)


def features(parts: dict[str, pa.Table], target: Json, schema: list[Json]) -> Json:
    """Fit the ``encoder`` on train alone; return it, ``train`` and ``test`` as arrays, and
    the ``filled`` gaps of each part.
    """
    encoder = encoding.fit(parts["train"], schema)
    encoded = {
        part: {
            "x": encoding.encode(parts[part], encoder),
            "y": encoding.labels(parts[part], target["column"]),
        }
        for part in ("train", "test")
    }
    filled = {part: encoding.gaps(table, encoder) for part, table in parts.items()}
    return {**encoded, "encoder": encoder, "filled": filled}


def train(candidate: Json, examples: Json, seed: int) -> bytes:
    """Fit a candidate on ``examples`` (``x``: rows x features, ``y``: 0 or 1); return its bytes."""
    return models.fit(candidate, examples["x"], examples["y"], seed)


def evaluate(candidate: Json, model: bytes, examples: Json) -> Json:
    """Return a candidate with ``metrics`` and ``scores`` on examples that it was not fitted on."""
    scores = models.probabilities(models.load(model), examples["x"])
    return {**candidate, "metrics": metrics.measure(examples["y"], scores), "scores": scores}


def select(evaluations: list[Json], models: list[bytes]) -> Json:
    """Return the best candidate by :data:`RULE`, its evaluation and its model."""

    def rank(i: int) -> tuple[float, float, int]:
        found = evaluations[i]["metrics"]
        return -found["roc_auc"], found["log_loss"], i

    best = min(range(len(evaluations)), key=rank)
    return {**evaluations[best], "model": models[best], "rule": RULE}


def deploy(
    chosen: Json, encoder: Json, target: Json, test: pa.Table, registry: str | None
) -> dict[str, str]:
    """Store the chosen model in the registry (None: the run's own), and load it back.

    Raises :class:`~workloads.ml.model_registry.RegistryError` unless the stored model gives, to the
    last bit, the scores that were evaluated.
    """
    card = {key: chosen[key] for key in ("family", "settings", "metrics", "rule")}
    with _registry(registry) as folder:
        version = model_registry.deploy(
            folder, chosen["model"], encoder, {**card, "target": target}
        )
        model, stored_encoder = model_registry.load(version)
    scores = models.probabilities(model, encoding.encode(test, stored_encoder))
    if not np.array_equal(scores, chosen["scores"]):
        raise model_registry.RegistryError(
            f"{version}: the deployed model's scores on the test rows are not those that were "
            "evaluated; do all steps run with the same libraries on the same kind of processor?"
        )
    return {"version": version.name, "digest": model_registry.digest_of(chosen["model"], encoder)}


def predict(deployed: dict[str, str], production: pa.Table, registry: str | None) -> Floats:
    """Return the probability of churn of each production row, by the model in the registry."""
    with _registry(registry) as folder:
        model, encoder = model_registry.load(folder / deployed["version"])
    return models.probabilities(model, encoding.encode(production, encoder))


def monitor(
    train: pa.Table,
    production: pa.Table,
    encoder: Json,
    target: Json,
    tested: Json,
    scores: Floats,
) -> Json:
    """Measure drift of the ``data`` since training, and of the ``concept`` since the test."""
    labels = encoding.labels(production, target["column"])
    return {
        "data": drift.data_drift(train, production, encoder),
        "concept": drift.concept_drift(tested, metrics.measure(labels, scores)),
    }


def summarise(
    counts: Json,
    schema: list[Json],
    target: Json,
    encoder: Json,
    filled: Json,
    candidates: list[Json],
    chosen: Json,
    digest: str,
    drifted: Json,
) -> Json:
    """Return the run as one JSON report, with the decision to retrain and its reasons."""
    return {
        "rows": counts,
        "target": target,
        "dropped_columns": validation.dropped(schema) + encoder["dropped"],
        "filled": filled,
        "candidates": candidates,
        "chosen": chosen,
        "model_digest": digest,
        "drift": drifted,
        "decision": drift.retrain(drifted["data"], drifted["concept"]),
    }


def churn(
    rows: int = 20_000,
    candidates: int = 4,
    seed: int = 7,
    data: str | None = None,
    target: str | None = None,
    time: str | None = None,
    data_drift: float = 0.5,
    concept_drift: float = 0.3,
    max_rejected: float = 0.05,
    registry: str | None = None,
) -> Workload:
    """Wire the churn workload for ``rows`` generated customers, or for the file ``data``.

    ``data`` is a CSV or Parquet file whose column ``target`` has two values; its rows are in time
    order, or ordered by the column ``time``. ``rows`` and the two drifts (see
    :mod:`workloads.ml.customers`) are for generated customers. ``candidates`` models are compared;
    more than the share ``max_rejected`` of invalid rows fails the run; ``registry`` is the folder
    that models are deployed to, the run's own by default. Paths may be relative to the current
    folder. Raises :class:`~workloads.dag.ParameterError`.
    """
    _check_whole("rows", rows, MIN_ROWS)
    _check_whole("candidates", candidates, 1)
    _check_whole("seed", seed, 0, 2**32 - 1)
    _check_number("data_drift", data_drift, MAX_DRIFT)
    _check_number("concept_drift", concept_drift, MAX_DRIFT)
    _check_number("max_rejected", max_rejected, 1)
    _check_source(data, target, time, registry)
    data, registry = _absolute(data), _absolute(registry)

    dag = Dag("churn")
    drifts = {"data_drift": data_drift, "concept_drift": concept_drift}
    raw = dag.step(ingest, data=data, rows=rows, seed=seed, **drifts)
    checked = dag.step(
        validate, raw=raw, data=data, target=target, time=time, max_rejected=max_rejected
    )
    columns = checked["schema"]
    labelled = dag.step(label, valid=checked["valid"], schema=columns)
    about = labelled["target"]
    parts = dag.step(split, table=labelled["table"], target=about, schema=columns, seed=seed)
    encoded = dag.step(features, parts=parts, target=about, schema=columns)
    fitted, evaluations = _fan_out(dag, encoded, candidates, seed)
    chosen = dag.step(select, evaluations=evaluations, models=fitted)
    deployed, drifted = _operate(dag, parts, about, encoded["encoder"], chosen, registry)
    # Only the reported parts of evaluations and choice, without scores and model.
    report = dag.step(
        summarise,
        counts=checked["counts"],
        schema=columns,
        target=about,
        encoder=encoded["encoder"],
        filled=encoded["filled"],
        candidates=[{key: found[key] for key in SHOWN} for found in evaluations],
        chosen={key: chosen[key] for key in ("number", "family", "rule")},
        digest=deployed["digest"],
        drifted=drifted,
    )
    return dag.build(report=report)


def _operate(
    dag: Dag, parts: Ref, about: Ref, encoder: Ref, chosen: Ref, registry: str | None
) -> tuple[Ref, Ref]:
    """Wire the operation of the chosen model: deployment, prediction, monitoring."""
    deployed = dag.step(
        deploy, chosen=chosen, encoder=encoder, target=about, test=parts["test"], registry=registry
    )
    drifted = dag.step(
        monitor,
        train=parts["train"],
        production=parts["production"],
        encoder=encoder,
        target=about,
        tested=chosen["metrics"],
        scores=dag.step(
            predict, deployed=deployed, production=parts["production"], registry=registry
        ),
    )
    return deployed, drifted


def _fan_out(dag: Dag, encoded: Ref, candidates: int, seed: int) -> tuple[list[Ref], list[Ref]]:
    """Wire training and evaluation of every candidate; return both lists of references."""
    fitted, evaluations = [], []
    for number in range(1, candidates + 1):
        spec = models.candidate(number)
        model = dag.step(
            train, f"train_{number}", candidate=spec, examples=encoded["train"], seed=seed
        )
        evaluation = dag.step(
            evaluate, f"evaluate_{number}", candidate=spec, model=model, examples=encoded["test"]
        )
        fitted.append(model)
        evaluations.append(evaluation)
    return fitted, evaluations


def _registry(folder: str | None) -> AbstractContextManager[Path]:
    return nullcontext(Path(folder)) if folder else shared_folder("registry")


def _check_whole(name: str, value: int, low: int, high: int | None = None) -> None:
    if type(value) is not int or value < low or (high is not None and value > high):
        limit = f"of at least {low}" if high is None else f"from {low} to {high}"
        raise ParameterError(f"{name}={value!r}: give a whole number {limit}")


def _check_number(name: str, value: float, high: int) -> None:
    if type(value) not in (int, float) or not 0 <= value <= high:  # also false for NaN
        raise ParameterError(f"{name}={value!r}: give a number from 0 to {high}")


def _check_source(
    data: str | None, target: str | None, time: str | None, registry: str | None
) -> None:
    if data is None:
        for name, value in (("target", target), ("time", time)):
            if value is not None:
                raise ParameterError(
                    f"{name}={value!r}: this is a column of your own data; give data=FILE too"
                )
    elif not Path(data).is_file():
        raise ParameterError(f"data={data!r}: no such file; give a CSV or Parquet file")
    elif target is None:
        raise ParameterError(
            f"target=None: name the column of {data!r} to predict, such as target=Churn"
        )
    if registry is not None and Path(registry).exists() and not Path(registry).is_dir():
        raise ParameterError(f"registry={registry!r}: this is a file; give a folder")


def _absolute(path: str | None) -> str | None:
    return None if path is None else str(Path(path).expanduser().resolve())
