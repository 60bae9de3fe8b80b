"""``harness check``: adapters that keep the contract pass, others are found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.frameworks.adapter_file import read_adapter_file
from harness.home import Home

from . import machinery

_ADAPTERS = sorted(path.parent.name for path in machinery.CHECKOUT.glob("adapters/*/adapter.toml"))
#: Modes of the thorough round alone: the same control planes on another database, and over Celery,
#: which takes longest.
_THOROUGH = ("-postgres", "airflow-distributed", "mlflow-inprocess-projects")
_BESIDE = "steps run side by side as adapter.toml says"


def _marks(name: str, mode: str) -> list[pytest.MarkDecorator]:
    thorough = [pytest.mark.thorough] if f"{name}-{mode}".endswith(_THOROUGH) else []
    return [] if name == "plain" else [pytest.mark.framework, *thorough]


_MODES = [
    pytest.param(name, mode, marks=_marks(name, mode))
    for name in _ADAPTERS
    for mode, facts in read_adapter_file(
        machinery.CHECKOUT / "adapters" / name / "adapter.toml"
    ).modes.items()
    if not (facts.endpoint or facts.files)  # tests/frameworks has what stands in for those
]


def _check(home: Home, name: str, *options: str) -> tuple[int, dict[str, str], str]:
    """Return the exit code, the broken promises with their evidence, and stderr."""
    done = machinery.harness(home, "check", name, "--json", *options, timeout=570)
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"] if done.stdout else []
    assert len(findings) > 8, done.stderr
    assert machinery.traces(home.root) == []
    broken = {each["what"]: each["evidence"] for each in findings if not each["kept"]}
    return done.returncode, broken, done.stderr


@pytest.mark.parametrize(("name", "mode"), _MODES)
def test_our_adapters_keep_the_contract(every_home: Home, name: str, mode: str) -> None:
    code, broken, stderr = _check(every_home, name, "--mode", mode)
    assert broken == {}, stderr
    assert code == 0
    left = [path.name for path in every_home.scratch.glob(f"contract-{name}-*")]
    assert left == []


@pytest.mark.parametrize("name", ["honest", "unsettled"])
def test_a_fake_that_keeps_the_contract_passes(home: Home, name: str) -> None:
    code, broken, stderr = _check(home, name)
    assert (code, broken) == (0, {}), stderr


@pytest.mark.parametrize(
    ("name", "what", "words"),
    [
        ("lies", "a chain keeps its order", "never ran"),
        ("twice", "a chain keeps its order", "ran 2 times"),
        ("reorders", "a chain keeps its order", "started"),
        ("wrong", "a fan-in gets every result", "the oracle's"),
        ("crash", "imports, starts, stops and ends by itself", "exit code 3"),
        ("raises", "a failed step fails the run", "out of order"),
        ("litters", "no process is left behind", "sleep 3600"),
        ("swallows", "a failed step fails the run", "must raise"),
        ("remembers", "a chain keeps its order", "r2"),
        ("boasts", _BESIDE, "parallel = true, but no two of"),
    ],
)
def test_a_fake_that_breaks_the_contract_is_found(
    home: Home, name: str, what: str, words: str
) -> None:
    code, broken, stderr = _check(home, name)
    assert code == 4
    assert words in broken[what]
    assert "log: " in stderr
    assert "Traceback" not in stderr


def test_a_failed_step_is_reported_with_its_own_message(home: Home) -> None:
    done = machinery.harness(
        home, "run", "--framework", "honest", "--workload", "boom:boom", "--workers",
        "1", "--json", env={"PYTHONPATH": str(machinery.FAKES)},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    (trouble, *_) = json.loads(done.stdout)["troubles"]
    assert "step explode: ValueError: boom" in trouble["what"]
