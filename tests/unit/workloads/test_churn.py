"""The churn workload as a whole: its graph, its report, its parameters."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.paths import ROOT
from workloads import codecs
from workloads.churn import churn
from workloads.dag import ParameterError, Workload
from workloads.execute import run_serially
from workloads.ml import model_registry
from workloads.ml.tables import DataError

TELCO = ROOT.parent / "shared" / "data" / "telco-churn.csv"


def run(folder: Path, **parameters: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report and all steps' results."""
    workload = churn(**parameters)
    results = run_serially(workload, str(folder / "events"), str(folder / "artifacts"))
    return workload.select(results)["report"], results


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    return run(tmp_path_factory.mktemp("whole"), rows=2000, candidates=5)


def test_graph_fans_out_over_candidates() -> None:
    workload = churn(candidates=7)
    kinds = Counter(step.function.partition(":")[2] for step in workload.steps)
    once = "ingest validate label split features select deploy predict monitor summarise"
    assert kinds == {**dict.fromkeys(once.split(), 1), "train": 7, "evaluate": 7}
    assert {"train_1", "train_7", "evaluate_7"} <= {step.id for step in workload.steps}
    assert Workload.from_json(json.loads(json.dumps(workload.to_json()))) == workload


def test_every_candidate_is_unique() -> None:
    specs = [s.arguments["candidate"] for s in churn(candidates=60).steps if "train" in s.id]
    assert len({json.dumps([s["family"], s["settings"]]) for s in specs}) == 60


def test_report_holds_counts_candidates_and_decision(
    whole: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    report, results = whole
    rows = report["rows"]
    assert rows["valid"] + rows["rejected"] == rows["rows"] == 2000
    assert sum(rows["by_reason"].values()) == rows["rejected"] == 30
    assert [c["number"] for c in report["candidates"]] == [1, 2, 3, 4, 5]
    best = max(report["candidates"], key=lambda c: c["metrics"]["roc_auc"])
    assert report["chosen"]["number"] == best["number"]
    assert all(0.7 < c["metrics"]["roc_auc"] < 0.9 for c in report["candidates"])
    assert report["drift"]["concept"]["test"] == best["metrics"]
    rejected = codecs.decode(results["validate"]["rejected"])
    assert Counter(rejected["rejected_because"].to_pylist()) == rows["by_reason"]


def test_default_drift_asks_to_retrain(whole: tuple[dict[str, Any], dict[str, Any]]) -> None:
    decision = whole[0]["decision"]
    assert decision["retrain"] is True
    assert any("usage_gb has drifted" in reason for reason in decision["reasons"])
    assert any("probabilities are off" in reason for reason in decision["reasons"])


def test_report_does_not_contain_places_or_versions(
    whole: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    report, results = whole
    text = json.dumps(report)
    assert results["deploy"]["version"] == "v1"
    assert "registry" not in text
    assert '"version"' not in text


@pytest.mark.parametrize(
    ("data", "concept", "drifted"), [(0.0, 0.0, set()), (0.7, 0.0, {"usage_gb"}), (0.0, 0.8, set())]
)
def test_monitor_finds_the_injected_drift(
    tmp_path: Path, data: float, concept: float, drifted: set[str]
) -> None:
    report, _ = run(tmp_path, rows=3000, candidates=1, data_drift=data, concept_drift=concept)
    found = {row["feature"] for row in report["drift"]["data"] if row["verdict"] != "none"}
    assert drifted <= found
    assert bool(found) == bool(drifted)
    assert report["drift"]["concept"]["ranking_drifted"] == (concept > 0)
    assert report["decision"]["retrain"] == (data > 0 or concept > 0)


@pytest.mark.parametrize("seed", range(4))
def test_small_samples_alone_do_not_raise_an_alarm(tmp_path: Path, seed: int) -> None:
    quiet = {"data_drift": 0.0, "concept_drift": 0.0}
    report, _ = run(tmp_path, rows=500, candidates=1, seed=seed, **quiet)
    assert report["decision"]["retrain"] is False
    assert report["decision"]["watch"] == []


_PRINT = """
import json, sys, tempfile
from workloads.churn import churn
from workloads.execute import run_serially
with tempfile.TemporaryDirectory() as folder:
    workload = churn(rows=600, candidates=5)
    results = run_serially(workload, folder + "/events", folder + "/artifacts")
    print(json.dumps(workload.select(results)["report"], sort_keys=True))
"""


def test_processes_agree_to_the_last_bit() -> None:
    texts = []
    for n in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", _PRINT],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONHASHSEED": n,
                "OMP_NUM_THREADS": n,
                "OPENBLAS_NUM_THREADS": n,
                "PYTHONPATH": str(ROOT),
            },
            capture_output=True,
            text=True,
            check=True,
        )
        texts.append(done.stdout)
    assert texts[0] == texts[1]
    assert len(json.loads(texts[0])["model_digest"]) == 64


def test_production_does_not_leak_into_a_model(tmp_path: Path) -> None:
    calm, _ = run(tmp_path / "calm", rows=600, candidates=1, data_drift=0.0, concept_drift=0.0)
    wild, _ = run(tmp_path / "wild", rows=600, candidates=1, data_drift=1.0, concept_drift=0.5)
    assert calm["model_digest"] == wild["model_digest"]
    assert calm["drift"] != wild["drift"]


def test_deploying_again_keeps_the_version(tmp_path: Path) -> None:
    models = str(tmp_path / "models")
    shared = {"rows": 600, "candidates": 1, "registry": models}
    first = run(tmp_path / "a", **shared)[1]["deploy"]
    again = run(tmp_path / "b", **shared)[1]["deploy"]
    other = run(tmp_path / "c", **{**shared, "seed": 8})[1]["deploy"]
    assert first == again
    assert other["version"] == "v2"
    assert model_registry.latest(Path(models)).name == "v2"
    assert sorted(p.name for p in Path(models).iterdir()) == ["latest", "v1", "v2"]


def test_relative_paths_are_resolved_by_the_builder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some.csv").write_text("a,b\n1,2\n")
    monkeypatch.chdir(tmp_path)
    steps = {s.id: s for s in churn(data="some.csv", target="b", registry="models").steps}
    assert steps["ingest"].arguments["data"] == str(tmp_path / "some.csv")
    assert steps["deploy"].arguments["registry"] == str(tmp_path / "models")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"rows": 10}, r"rows=10: .* at least 500"),
        ({"rows": True}, "rows=True"),
        ({"candidates": 0}, "candidates=0: .* at least 1"),
        ({"seed": 2**32}, "seed=4294967296"),
        ({"data_drift": -1.0}, "data_drift=-1.0: .* from 0"),
        ({"concept_drift": math.nan}, "concept_drift=nan"),
        ({"max_rejected": 2}, "max_rejected=2: .* 0 to 1"),
        ({"target": "Churn"}, "target='Churn': .* give data=FILE"),
        ({"time": "day"}, "time='day': .* give data=FILE"),
        ({"data": "no.csv", "target": "y"}, "data='no.csv': no such file"),
        ({"data": __file__}, "target=None: name the column"),
        ({"registry": __file__}, "registry=.* give a folder"),
    ],
)
def test_builder_refuses_a_wrong_parameter_with_its_name(
    parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        churn(**parameters)


def test_too_many_rejected_rows_stop_the_run(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"1\.5%\).*at most 1\.0% .*: \d+.*raise max_rejected"):
        run(tmp_path, rows=2000, max_rejected=0.01)


@pytest.mark.skipif(not TELCO.is_file(), reason="the Telco sample is not on this machine")
def test_telco_sample_gives_a_report(tmp_path: Path) -> None:
    report, _ = run(tmp_path, data=str(TELCO), target="Churn", candidates=1)
    assert report["rows"] == {"rows": 7043, "valid": 7043, "rejected": 0, "by_reason": {}}
    assert report["target"]["positive"] == "Yes"
    assert report["target"]["positives"] == 1869
    assert [d["column"] for d in report["dropped_columns"]] == ["customerID"]
    blanks = [part["imputed"] for part in report["filled"].values()]
    assert sum(part["TotalCharges"] for part in blanks) == 11
    assert report["candidates"][0]["metrics"]["roc_auc"] > 0.82
    assert report["decision"]["retrain"] is False  # its rows are not in order of time
