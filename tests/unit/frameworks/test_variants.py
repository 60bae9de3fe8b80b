"""Variants: the same workload in all modes and on all interpreters, planned and shown."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.analysis import caveats
from harness.analysis.controls import Noise
from harness.analysis.summary import summarise
from harness.errors import UsageError
from harness.frameworks import catalog, variants
from harness.frameworks.catalog import Framework
from harness.frameworks.interpreters import Interpreter
from harness.home import Home
from harness.model import Outcome, Run
from harness.report.document import Table
from harness.report.tables import portability as portability_table
from harness.report.terminal import console
from tests.unit.made_frameworks import framework
from tests.unit.made_plan import entry, plan_of
from tests.unit.made_run import Making, made

FAST = framework("fast", inprocess=False, server=True)
PORTABLE = {"portability": entry("portability", parameters={"steps": 2})}


def on(minor: str, of: Framework = FAST) -> Framework:
    return catalog.of_python(of, minor)


def test_another_interpreter_is_another_label_and_environment_of_the_same_adapter() -> None:
    (found,) = catalog.choose(catalog.Catalog({"fast": FAST}), ["fast@py3.12"])
    assert (found.name, found.spec, found.adapter) == ("fast@py3.12", "fast@py3.12", "fast")
    assert found.interpreters == ">=3.11,==3.12.*"
    assert (found.version, found.entry) == (None, FAST.entry)


@pytest.mark.parametrize("text", ["3", "3.x", "3.12.1", "", "2.7"])
def test_a_text_that_is_not_a_minor_version_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"write fast@py3\.12"):
        on(text)


def test_an_interpreter_that_is_not_admitted_is_refused() -> None:
    assert (FAST.refusal, on("3.12").refusal) == ("", "")
    assert on("3.10").refusal == "does not support Python 3.10 (adapter.toml allows >=3.11)"


def test_variants_are_of_every_other_interpreter_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [Interpreter(f"/p{minor}", f"3.{minor}.4") for minor in (10, 11, 12)]
    monkeypatch.setattr(variants.interpreters, "installed", lambda: here)
    adapter = tmp_path / "fast"
    adapter.mkdir()
    (adapter / "requirements.lock").write_text("")
    own = Framework("fast", adapter, FAST.entry)
    found = variants.variants(Home(tmp_path), [own, on("3.12", own)])
    assert [each.name for each in found] == ["fast@py3.10", "fast@py3.12"]


def run_of(folder: Path, making: Making | None = None) -> Run:
    return made(folder, PORTABLE, making, [FAST], others=[on("3.10"), on("3.12")])


def test_every_mode_is_tried_on_every_interpreter() -> None:
    plan, _ = plan_of(PORTABLE, [FAST], others=[on("3.12")])
    (experiment,) = plan.experiments
    assert [(c.framework, c.mode, c.workers) for c in map(plan.cell, experiment.cells)] == [
        ("fast", "inprocess", 1),
        ("fast", "server", 2),
        ("fast@py3.12", "inprocess", 1),
        ("fast@py3.12", "server", 2),
    ]
    assert plan.reference(plan.cell(experiment.cells[0]).workload).framework == "plain"


def test_other_experiments_do_not_see_the_further_interpreters() -> None:
    plan, _ = plan_of({"overhead": entry("overhead")}, [FAST], others=[on("3.12")])
    assert {cell.framework for cell in plan.cells} == {"plain", "fast"}


def test_texts_that_are_not_versions_are_shown(tmp_path: Path) -> None:
    (experiment,) = summarise(tmp_path / "run", run_of(tmp_path / "run")).experiments
    for strange in ("3.²", f"3.{'9' * 5000}"):
        table, *_ = portability_table.parts({"fast": strange}, experiment)
        assert isinstance(table, Table)
        assert strange in [column.title for column in table.columns]


def test_the_table_shows_equal_answers_and_refusals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "chain-steps2"
    fates = {
        f"fast@py3.10-{mode}-{key}": (Outcome.UNSUPPORTED, "Python 3.10 is refused: too old")
        for mode in ("inprocess-p1", "server-p2")
    }
    fates[f"fast@py3.12-server-p2-{key}"] = (Outcome.WRONG, "output.end is 2, the oracle's 1")
    run = run_of(tmp_path / "run", Making(fates=fates))
    shown = summarise(tmp_path / "run", run)
    (experiment,) = shown.experiments
    console.show(*portability_table.parts(shown.pythons, experiment))
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "portability: about portability",
        "framework mode ? 3.10 3.12",
        "fast inprocess same refused same",
        "fast server same refused differs",
        "fast: Python 3.10 is refused: too old",
        "fast: output.end is 2, the oracle's 1",
    ]
    assert not shown.ok
    assert {each.outcome for each in shown.troubles} == {Outcome.WRONG}


def test_a_refusal_is_an_answer_and_not_a_trouble(tmp_path: Path) -> None:
    key = "fast@py3.10-inprocess-p1-chain-steps2"
    run = run_of(tmp_path / "run", Making(fates={key: (Outcome.UNSUPPORTED, "too old")}))
    shown = summarise(tmp_path / "run", run)
    assert shown.ok
    assert shown.troubles == []


def test_times_are_not_shown_for_portability(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run")
    shown = summarise(tmp_path / "run", run)
    assert shown.starts == []
    noise = Noise(0.5, 0.5, None, True)
    assert caveats.of_one(run, msgspec.structs.replace(shown.controls, noise=noise)) == []
