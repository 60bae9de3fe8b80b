"""The canonical workload gives the same answer in every framework."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.catalog import read_entry
from harness.home import Home

from ..conformance import machinery

pytestmark = pytest.mark.framework

FRAMEWORKS = {
    path.parent.name
    for path in machinery.CHECKOUT.glob("adapters/*/adapter.toml")
    if not read_entry(path).ruler
}
TELCO = machinery.CHECKOUT.parent / "shared" / "data" / "telco-churn.csv"


def _run(home: Home, *parameters: str) -> dict[str, Any]:
    done = machinery.harness(
        home, "run", "--json", "--trials", "1", "--repetitions", "2", *parameters, timeout=900
    )
    assert done.stdout, done.stderr
    view: dict[str, Any] = json.loads(done.stdout)
    assert view["troubles"] == []
    assert done.returncode == 0
    assert machinery.traces(home.root) == []
    return view


def _assert_valid(view: dict[str, Any]) -> None:
    (experiment,) = [each for each in view["experiments"] if not each["ruler"]]
    rows = experiment["rows"]
    assert {row["framework"] for row in rows} == FRAMEWORKS
    for row in rows:
        assert row["outcome"] == "ok"
        assert row["version"] != "?"
        assert 0 < row["warm_s"]["value"] < 300
    starts = {each["framework"]: each["import_s"]["value"] for each in view["starts"]}
    assert all(starts[framework] > 0 for framework in FRAMEWORKS)


def test_made_up_customers(home: Home) -> None:
    _assert_valid(_run(home, "--param", "rows=2000"))


@pytest.mark.skipif(not TELCO.exists(), reason=f"no {TELCO}")
def test_the_telco_file(home: Home) -> None:
    _assert_valid(_run(home, "--param", f"data={TELCO}", "--param", "target=Churn"))
