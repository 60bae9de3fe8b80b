"""Churn by TFX's standard components: statistics, schema, anomalies, transform, lineage.

``python docs/examples/tfx_churn.py FOLDER`` runs in the environment of TFX, with the checkout on
PYTHONPATH, and keeps all artifacts below an empty ``FOLDER``.
"""

# Annotations are not deferred: TFX reads them as types.
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf
import tensorflow_data_validation as tfdv
import tensorflow_transform as tft
from absl import logging
from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto.metadata_store_pb2 import Event
from sklearn.linear_model import LogisticRegression
from tensorflow_metadata.proto.v0.anomalies_pb2 import Anomalies
from tfx.components import CsvExampleGen, ExampleValidator, SchemaGen, StatisticsGen, Transform
from tfx.dsl.component.experimental.annotations import InputArtifact, OutputArtifact
from tfx.dsl.component.experimental.decorators import component
from tfx.orchestration.local.local_dag_runner import LocalDagRunner
from tfx.orchestration.metadata import sqlite_metadata_connection_config
from tfx.orchestration.pipeline import Pipeline
from tfx.proto.example_gen_pb2 import Input
from tfx.proto.transform_pb2 import SplitsConfig
from tfx.types.standard_artifacts import Examples, Model, TransformGraph

from workloads.ml import customers, validation

ROWS, SEED, DRIFT = 4000, 7, 0.5
SPLITS = ("train", "production", "damaged")


def write_data(folder: Path) -> None:
    """Write three parts: nine months, the drifted three after them, and these damaged."""
    raw = customers.generate(ROWS, SEED, data_drift=DRIFT, concept_drift=0)
    table = validation.check_rows(raw, list(customers.SCHEMA))["valid"]
    first = pc.less_equal(table["snapshot"], customers.MONTHS - customers.PRODUCTION_MONTHS)
    production = table.filter(pc.invert(first))
    calls = pa.array(["often"] * production.num_rows)
    index = production.schema.get_field_index("support_calls")
    damaged = production.set_column(index, "support_calls", calls).drop_columns(["partner"])
    for name, part in zip(SPLITS, (table.filter(first), production, damaged), strict=True):
        (folder / name).mkdir(parents=True)
        # Not pyarrow's writer: CsvExampleGen would take its quotation marks as part of the names.
        part.to_pandas().to_csv(folder / name / "customers.csv", index=False)


def preprocess(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return features; means, deviations and vocabularies are those of the training rows."""
    churn = tf.equal(_filled(inputs["churn"], ""), "Yes")
    return {
        "usage": tft.scale_to_z_score(_filled(inputs["usage_gb"], 0.0)),
        "contract": tft.compute_and_apply_vocabulary(
            _filled(inputs["contract"], ""), num_oov_buckets=1
        ),
        "churn": tf.cast(churn, tf.int64),
    }


def _filled(feature: Any, gap: Any) -> Any:
    """Return a feature as a vector; it is sparse if the schema found gaps in it."""
    if isinstance(feature, tf.SparseTensor):
        feature = tf.sparse.to_dense(feature, default_value=gap)
    return feature[:, 0]


@component
def train(
    examples: InputArtifact[Examples],
    graph: InputArtifact[TransformGraph],
    model: OutputArtifact[Model],
) -> None:
    """Fit a model of our own kind on what Transform made of the training rows."""
    spec = tft.TFTransformOutput(graph.uri).transformed_feature_spec()
    files = tf.io.gfile.glob(f"{examples.uri}/Split-train/*")
    records = tf.data.TFRecordDataset(files, compression_type="GZIP").batch(ROWS)
    (batch,) = [tf.io.parse_example(each, spec) for each in records]
    features = np.column_stack([batch["usage"].numpy(), np.eye(8)[batch["contract"].numpy()]])
    fitted = LogisticRegression().fit(features, batch["churn"].numpy())
    Path(model.uri).mkdir(parents=True, exist_ok=True)
    Path(model.uri, "model.json").write_text(json.dumps(fitted.coef_.tolist()))


def pipeline(folder: Path) -> Pipeline:
    """Return the pipeline: the schema is inferred from the training rows alone."""
    parts = [{"name": name, "pattern": f"{name}/*"} for name in SPLITS]
    examples = CsvExampleGen(str(folder / "data"), input_config=Input(splits=parts))
    data = examples.outputs["examples"]
    statistics = StatisticsGen(examples=data)
    found = statistics.outputs["statistics"]
    schema = SchemaGen(statistics=found, exclude_splits=["production", "damaged"])
    known = schema.outputs["schema"]
    validator = ExampleValidator(statistics=found, schema=known)
    transform = Transform(
        examples=data,
        schema=known,
        # Not "__main__": TFX loads the module again.
        preprocessing_fn=f"{Path(__file__).stem}.preprocess",
        splits_config=SplitsConfig(analyze=["train"], transform=["train"]),
    )
    trainer = train(
        examples=transform.outputs["transformed_examples"],
        graph=transform.outputs["transform_graph"],
    )
    return Pipeline(
        pipeline_name="churn",
        pipeline_root=str(folder / "artifacts"),
        components=[examples, statistics, schema, validator, transform, trainer],
        metadata_connection_config=sqlite_metadata_connection_config(str(folder / "metadata.db")),
    )


def anomalies(folder: Path) -> Iterator[str]:
    """Return what ExampleValidator found in each part, a line for each column."""
    for name in SPLITS:
        (file,) = folder.glob(f"artifacts/ExampleValidator/anomalies/*/Split-{name}/SchemaDiff.pb")
        found = Anomalies.FromString(file.read_bytes()).anomaly_info
        for column, each in sorted(found.items()):
            yield f"{name}: {column}: {each.description}"
        if not found:
            yield f"{name}: not any"


def drifted(folder: Path) -> Iterator[str]:
    """Return what TFDV says of production against training, with thresholds set in the schema."""
    (path,) = folder.glob("artifacts/SchemaGen/schema/*/schema.pbtxt")
    schema = tfdv.load_schema_text(str(path))
    tfdv.get_feature(schema, "contract").drift_comparator.infinity_norm.threshold = 0.05
    for name in ("usage_gb", "monthly_charges", "tenure"):
        comparator = tfdv.get_feature(schema, name).drift_comparator
        comparator.jensen_shannon_divergence.threshold = 0.05
    before, now = (
        tfdv.load_stats_binary(str(next(folder.glob(f"artifacts/StatisticsGen/*/*/{each}/*"))))
        for each in ("Split-train", "Split-production")
    )
    found = tfdv.validate_statistics(now, schema, previous_statistics=before).anomaly_info
    for column, each in sorted(found.items()):
        yield f"{column}: {each.description}"


def lineage(folder: Path) -> Iterator[str]:
    """Return the way from the model back to the data, as ML Metadata has recorded it."""
    metadata = sqlite_metadata_connection_config(str(folder / "metadata.db"))
    store = MetadataStore(metadata)
    waiting = store.get_artifacts_by_type("Model")
    types = {each.id: each.name for each in store.get_artifact_types()}
    for artifact in waiting:  # grows until all ancestors are in it
        events = store.get_events_by_artifact_ids([artifact.id])
        (maker,) = {each.execution_id for each in events if each.type == Event.OUTPUT}
        taken = [
            each.artifact_id
            for each in store.get_events_by_execution_ids([maker])
            if each.type == Event.INPUT
        ]
        inputs = store.get_artifacts_by_id(taken)
        (execution,) = store.get_executions_by_id([maker])
        names = ", ".join(sorted(types[each.type_id] for each in inputs)) or "files in data/"
        yield f"{types[artifact.type_id]} <- {execution.type.rpartition('.')[2]} <- {names}"
        known = {each.id for each in waiting}
        waiting += [each for each in inputs if each.id not in known]


def main(folder: Path) -> None:
    """Run the pipeline, and print what it found."""
    logging.set_verbosity(logging.ERROR)
    write_data(folder / "data")
    LocalDagRunner().run(pipeline(folder))
    for title, lines in (("Anomalies", anomalies), ("Drift", drifted), ("Lineage", lineage)):
        print(title, *lines(folder), sep="\n  ")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
