"""The churn workload: the same answer in every framework."""

from __future__ import annotations

import json
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from harness.frameworks import interpreters
from harness.frameworks.adapter_file import read_adapter_file
from harness.home import Home

from ..conformance import machinery

pytestmark = pytest.mark.framework

_PYTHONS = [each.version for each in interpreters.installed()]
#: All for which this machine has an interpreter, since the command leaves out the others.
FRAMEWORKS = {
    path.parent.name
    for path in machinery.CHECKOUT.glob("adapters/*/adapter.toml")
    if not (entry := read_adapter_file(path)).control
    and any(version in SpecifierSet(entry.python) for version in _PYTHONS)
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


def _assert_valid(view: dict[str, Any], frameworks: set[str] = FRAMEWORKS) -> None:
    (experiment,) = [each for each in view["experiments"] if not each["ruler"]]
    rows = experiment["rows"]
    assert {row["framework"] for row in rows} == frameworks
    for row in rows:
        assert row["outcome"] == "ok"
        assert row["version"] != "?"
        assert 0 < row["warm_s"]["value"] < 300
    starts = {each["framework"]: each["import_s"]["value"] for each in view["starts"]}
    assert all(starts[framework] > 0 for framework in frameworks)


def test_made_up_customers_give_the_same_answer_everywhere(home: Home) -> None:
    _assert_valid(_run(home, "--param", "rows=2000"))


@pytest.mark.thorough
@pytest.mark.skipif(not TELCO.exists(), reason=f"no {TELCO}")
def test_the_telco_file_gives_the_same_answer_everywhere(home: Home) -> None:
    _assert_valid(_run(home, "--param", f"data={TELCO}", "--param", "target=Churn"))


@pytest.mark.thorough
@pytest.mark.parametrize("minor", ["3.10", "3.12", "3.13"])
def test_every_admitted_interpreter_gives_the_same_answer(home: Home, minor: str) -> None:
    if not any(each.version.startswith(f"{minor}.") for each in interpreters.installed()):
        pytest.skip(f"no Python {minor} here")
    entries = {name: machinery.fake(name).entry for name in FRAMEWORKS}
    admitted = {
        f"{name}@py{minor}"
        for name, entry in entries.items()
        if f"{minor}.0" in SpecifierSet(entry.python)
    }
    asked = [part for name in sorted(admitted) for part in ("--framework", name)]
    _assert_valid(_run(home, "--param", "rows=1000", *asked), {"plain", *admitted})
