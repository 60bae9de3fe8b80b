"""``harness matrix``: from a run on disk to the table, with frameworks that are files alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.errors import HarnessError
from harness.frameworks.catalog import of_version
from harness.model import ProbeVerdict
from harness.results import store
from tests.unit.made_frameworks import framework
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made

ADAPTER = """
title = "{name}"
package = "{name}"
python = ">=3.11"
homepage = "https://example.test"
[modes.inprocess]
summary = "one"
durable = false
parallel = true
isolation = "none"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of two frameworks, one of them slower, and their adapters."""
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    monkeypatch.setattr("harness.frameworks.catalog.package_folder", lambda name: tmp_path / "none")
    adapter(tmp_path, "plain", ADAPTER.replace('package = "{name}"', 'package = "python"'))
    for name in ("fast", "slow"):
        adapter(tmp_path, name)
    making = Making(costs={"fast": Costs(step_ns=MS), "slow": Costs(step_ns=900 * MS)})
    folder = tmp_path / "results" / "r"
    made(folder, {"overhead": entry("overhead")}, making, ["fast", "slow"])
    store.point_latest(folder)
    return tmp_path


def adapter(home: Path, name: str, text: str = ADAPTER) -> None:
    folder = home / "adapters" / name
    folder.mkdir(parents=True)
    (folder / "adapter.toml").write_text(text.format(name=name))
    (folder / "adapter.py").write_text("x = 1\n")


def told(*arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(cli, ["matrix", "--json", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def shown(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["matrix", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert max(map(len, done.output.splitlines())) <= 80
    return done.output


def wrong(*arguments: str) -> str:
    with pytest.raises(HarnessError) as error:
        CliRunner().invoke(cli, ["matrix", *arguments], catch_exceptions=False)
    assert error.value.exit_code == 2
    return str(error.value)


def ranked(found: dict[str, Any]) -> list[str]:
    return [each["framework"] for each in found["answer"]["standings"]]


@pytest.mark.usefixtures("home")
def test_the_faster_one_wins_and_nothing_that_is_no_framework_is_ranked() -> None:
    found = told("--weight", "scalability=5")
    assert ranked(found) == ["fast", "slow"]
    assert found["sentence"].startswith("For these weights: fast, with probability ")
    assert [each["framework"] for each in found["answer"]["unranked"]] == ["plain"]
    assert found["answer"]["readings"] == ["r"]
    assert [each["order"] for each in found["dissent"]] == [["fast", "slow"]] * 3


@pytest.mark.usefixtures("home")
def test_the_table_has_the_answer_the_ranking_and_the_criteria() -> None:
    said = shown("--profile", "start-up")
    assert said.startswith("For a start-up: fast, with probability ")
    for text in ("1. fast", "2. slow", "scalability", "cloud platforms", "other methods agree"):
        assert text in said


@pytest.mark.usefixtures("home")
def test_an_explanation_goes_down_to_the_trial() -> None:
    said = shown("--explain", "slow", "--weight", "scalability=5")
    assert "overhead per step in a chain: 900ms" in said
    assert "measured, 1.0ms to 10.0s, log, less is better" in said
    assert "results/r/trials/ 01-slow-inprocess-p2 02-slow-inprocess-p2" in said
    assert "stars of its repository: not known" in said


def test_one_more_by_files_alone_is_everywhere_and_reorders_nobody(home: Path) -> None:
    before = told()
    adapter(home, "seventh")
    after = told()
    assert [name for name in ranked(after) if name != "seventh"] == ranked(before)
    assert "seventh" in ranked(after)
    assert "seventh" in after["answer"]["chances"]
    kept = {each["framework"]: each for each in before["answer"]["scored"]}
    now = {each["framework"]: each for each in after["answer"]["scored"]}
    assert now.keys() - kept.keys() == {"seventh"}
    assert all(now[name] == each for name, each in kept.items())
    assert all("seventh" in each["order"] for each in after["dissent"])
    assert "seventh" in shown()
    assert "seventh, mode inprocess" in shown("--explain", "seventh")


def test_a_broken_adapter_is_said_and_not_ranked(home: Path) -> None:
    adapter(home, "broken", "title = 1")
    found = told()
    assert "broken" not in ranked(found)
    (said,) = [e for e in found["answer"]["unranked"] if e["framework"] == "broken"]
    assert "adapter.toml" in said["reason"]


def test_a_framework_without_the_mode_is_not_ranked(home: Path) -> None:
    adapter(home, "other", ADAPTER.replace("inprocess", "server"))
    aside = {each["framework"]: each["reason"] for each in told()["answer"]["unranked"]}
    assert aside["other"] == "it has no mode inprocess"
    assert told("--require", "mode=inprocess")["answer"]["removed"] == [
        {"framework": "other", "reason": "--require mode=inprocess: it has server"}
    ]


@pytest.mark.usefixtures("home")
def test_where_all_are_removed_that_is_the_answer_with_each_reason() -> None:
    said = shown("--require", "cron")
    assert said.startswith("For equal weights: nobody is left to choose.")
    assert "removed: fast: --require cron: not probed here" in said
    assert "dissent" not in said


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--weight", "scalabilty=1"], "did you mean 'scalability'"),
        (["--profile", "startup"], "did you mean 'start-up'"),
        (["--require", "corn"], "did you mean 'cron'"),
        (["--exclude", "mod=server"], "did you mean 'mode'"),
        (["--explain", "fats"], "did you mean 'fast'"),
        (["--mode", "inproces"], "did you mean 'inprocess'"),
        (["nothing"], "no run 'nothing'"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(arguments: list[str], said: str) -> None:
    assert said in wrong(*arguments)


def probed(home: Path, name: str, *said: tuple[str, str]) -> None:
    """A run of probes alone: what came of cron."""
    folder = home / "results" / name
    folder.mkdir()
    run = store.load(home / "results" / "r")
    plan = msgspec.structs.replace(run.plan, experiments=[], cells=[], order=[])
    found = [
        ProbeVerdict(each, "inprocess", "cron", verdict, "as seen", trial=f"{each}-inprocess")
        for each, verdict in said
    ]
    store.save(folder, msgspec.structs.replace(run, id=name, plan=plan, trials=[], probes=found))


def test_verdicts_of_the_latest_probes_take_part(home: Path) -> None:
    probed(home, "p", ("fast", "accepted but ignored"), ("slow", "works"))
    found = told("--weight", "features=100", "--require", "cron")
    assert found["answer"]["readings"] == ["r", "p"]
    assert ranked(found) == ["slow"]
    reasons = {each["framework"]: each["reason"] for each in found["answer"]["removed"]}
    assert reasons["fast"] == "--require cron: accepted but ignored in inprocess"
    said = shown("--explain", "slow")
    assert "runs on a schedule: works" in said
    assert "results/p/probes/slow-inprocess/ cron" in said


def test_facts_take_part_and_can_be_required(home: Path) -> None:
    for name, governance in (("fast", "one company"), ("slow", "a Foundation of many")):
        (home / "adapters" / name / "facts.toml").write_text(
            f'[governance]\nvalue = "{governance}"\nsource = "https://example.test/{name}"\n'
            "read = 2030-01-01\n"
        )
    said = shown("--explain", "slow")
    assert "governed by a foundation: a Foundation of many" in said
    assert "https://example.test/slow" in said
    assert ranked(told("--require", "governance=one company")) == ["fast"]
    assert ranked(told("--weight", "viability=1000")) == ["slow", "fast"]


def test_a_version_has_the_facts_and_the_adapter_of_its_framework(home: Path) -> None:
    (home / "adapters" / "fast" / "facts.toml").write_text(
        '[stars]\nvalue = 900\nsource = "https://example.test/s"\nread = 2030-01-01\n'
    )
    versions = [of_version(framework("fast"), version) for version in ("1.0", "2.0")]
    made(home / "results" / "v", {"overhead": entry("overhead")}, None, versions)
    assert set(ranked(told("v"))) == {"fast@1.0", "fast@2.0", "slow"}
    said = shown("v", "--explain", "fast@2.0")
    assert "stars of its repository: 900 stars" in said
    assert "independent steps run at once: yes" in said
    assert "results/v/trials/ 01-fast@2.0-inprocess-p2" in said


def test_readings_are_kept_and_read_again_when_the_run_has_changed(home: Path) -> None:
    run = home / "results" / "r"
    first = told()
    file = home / ".harness" / "cache" / "runs" / "r" / "readings.json"
    kept = file.read_bytes()
    assert told() == first
    assert file.read_bytes() == kept
    run_file = run / store.RUN
    run_file.write_bytes(run_file.read_bytes().replace(b"2030-01-01", b"2031-01-01"))
    assert told() != first
    assert file.read_bytes() != kept


def test_of_several_runs_the_first_counts(home: Path) -> None:
    making = Making(costs={"fast": Costs(step_ns=900 * MS), "slow": Costs(step_ns=MS)})
    other = home / "results" / "other"
    made(other, {"overhead": entry("overhead")}, making, ["fast", "slow"])
    assert ranked(told("r", "other")) == ["fast", "slow"]
    assert ranked(told("other", "r")) == ["slow", "fast"]
