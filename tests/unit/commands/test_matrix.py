"""``harness matrix``: from a run on disk to the table, with made-up frameworks."""

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
from tests.unit.made_adapters import write_adapter, write_code_adapter
from tests.unit.made_frameworks import framework
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home with a run of two frameworks, one of them slower, and their adapters."""
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    monkeypatch.setattr("harness.frameworks.catalog.package_folder", lambda name: tmp_path / "none")
    write_code_adapter(tmp_path, "plain", package="python")
    for name in ("fast", "slow"):
        write_code_adapter(tmp_path, name)
    making = Making(costs={"fast": Costs(step_ns=MS), "slow": Costs(step_ns=900 * MS)})
    folder = tmp_path / "results" / "r"
    made(folder, {"overhead": entry("overhead")}, making, ["fast", "slow"])
    store.point_latest(folder)
    return tmp_path


def as_json(*arguments: str) -> dict[str, Any]:
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
def test_the_faster_one_wins_and_the_baseline_is_not_ranked() -> None:
    found = as_json("--weight", "scalability=5")
    assert ranked(found) == ["fast", "slow"]
    assert found["sentence"].startswith("For these weights: fast, with probability ")
    assert [each["framework"] for each in found["answer"]["unranked"]] == ["plain"]
    assert found["answer"]["readings"] == ["r"]
    assert [each["order"] for each in found["dissent"]] == [["fast", "slow"]] * 3


@pytest.mark.usefixtures("home")
def test_the_table_has_the_answer_the_ranking_and_the_criteria() -> None:
    output = shown("--profile", "start-up")
    assert output.startswith("For a start-up: fast, with probability ")
    for text in ("1. fast", "2. slow", "scalability", "cloud platforms", "other methods agree"):
        assert text in output


@pytest.mark.usefixtures("home")
def test_an_explanation_goes_down_to_the_trial() -> None:
    output = shown("--explain", "slow", "--weight", "scalability=5")
    assert "overhead per step in a chain: 900ms" in output
    assert "measured, 1.0ms to 10.0s, log, less is better" in output
    assert "results/r/trials/ 01-slow-inprocess-p2 02-slow-inprocess-p2" in output
    assert "stars of its repository: not known" in output


def test_an_adapter_added_as_files_is_in_all_output_and_keeps_the_others_order(home: Path) -> None:
    before = as_json()
    write_code_adapter(home, "seventh")
    after = as_json()
    assert ranked(after) == ranked(before), "it was not run yet"
    assert "seventh" in [each["framework"] for each in after["answer"]["unranked"]]
    kept = {each["framework"]: each for each in before["answer"]["scored"]}
    now = {each["framework"]: each for each in after["answer"]["scored"]}
    assert now.keys() - kept.keys() == {"seventh"}
    assert all(now[name] == each for name, each in kept.items())
    assert "seventh" in shown()
    assert "seventh, mode inprocess" in shown("--explain", "seventh")


def test_a_broken_adapter_is_reported_and_not_ranked(home: Path) -> None:
    write_adapter(home, "broken", "title = 1")
    found = as_json()
    assert "broken" not in ranked(found)
    (output,) = [e for e in found["answer"]["unranked"] if e["framework"] == "broken"]
    assert "adapter.toml" in output["reason"]


def test_a_framework_without_the_mode_is_not_ranked(home: Path) -> None:
    write_code_adapter(home, "other", mode="server")
    file = home / "adapters" / "slow" / "adapter.toml"
    file.write_text(file.read_text().replace("[modes.inprocess]", "[modes.server]"))
    aside = {each["framework"]: each["reason"] for each in as_json()["answer"]["unranked"]}
    assert aside["slow"] == "it has no mode inprocess"
    assert aside["other"] == "not in these runs"
    assert as_json("--require", "mode=inprocess")["answer"]["removed"] == [
        {"framework": name, "reason": "--require mode=inprocess: it has server"}
        for name in ("other", "slow")
    ]


@pytest.mark.usefixtures("home")
def test_the_answer_gives_each_reason_if_all_are_removed() -> None:
    output = shown("--require", "cron")
    assert output.startswith("For equal weights: no framework is left to choose from.")
    assert "removed: fast: --require cron: not probed here" in output
    assert "dissent" not in output


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (["--weight", "scalabilty=1"], "did you mean 'scalability'"),
        (["--profile", "startup"], "did you mean 'start-up'"),
        (["--require", "corn"], "did you mean 'cron'"),
        (["--exclude", "mod=server"], "did you mean 'mode'"),
        (["--exclude", "fast"], "did you mean 'framework=fast'?"),
        (["--explain", "fats"], "did you mean 'fast'"),
        (["--mode", "inproces"], "did you mean 'inprocess'"),
        (["nothing"], "no run 'nothing'"),
    ],
)
def test_an_unknown_name_is_reported_with_the_nearest(arguments: list[str], output: str) -> None:
    assert output in wrong(*arguments)


def probed(home: Path, name: str, *verdicts: tuple[str, str]) -> None:
    """Make a run of probes only, with verdicts on cron."""
    folder = home / "results" / name
    folder.mkdir()
    run = store.load(home / "results" / "r")
    plan = msgspec.structs.replace(run.plan, experiments=[], cells=[], order=[])
    found = [
        ProbeVerdict(each, "inprocess", "cron", verdict, "as seen", trial=f"{each}-inprocess")
        for each, verdict in verdicts
    ]
    store.save(folder, msgspec.structs.replace(run, id=name, plan=plan, trials=[], probes=found))


def test_verdicts_of_the_latest_probes_take_part(home: Path) -> None:
    probed(home, "p", ("fast", "accepted but ignored"), ("slow", "works"))
    found = as_json("--weight", "features=100", "--require", "cron")
    assert found["answer"]["readings"] == ["r", "p"]
    assert ranked(found) == ["slow"]
    reasons = {each["framework"]: each["reason"] for each in found["answer"]["removed"]}
    assert reasons["fast"] == "--require cron: accepted but ignored in inprocess"
    output = shown("--explain", "slow")
    assert "runs on a schedule: works" in output
    assert "results/p/probes/slow-inprocess/ cron" in output


def test_facts_take_part_and_can_be_required(home: Path) -> None:
    for name, governance in (("fast", "one company"), ("slow", "a Foundation of many")):
        (home / "adapters" / name / "facts.toml").write_text(
            f'[governance]\nvalue = "{governance}"\nsource = "https://example.test/{name}"\n'
            "read = 2030-01-01\n"
        )
    output = shown("--explain", "slow")
    assert "governed by a foundation: a Foundation of many" in output
    assert "https://example.test/slow" in output
    assert ranked(as_json("--require", "governance=one company")) == ["fast"]
    assert ranked(as_json("--weight", "viability=1000")) == ["slow", "fast"]


def test_a_version_has_the_facts_and_the_adapter_of_its_framework(home: Path) -> None:
    (home / "adapters" / "fast" / "facts.toml").write_text(
        '[stars]\nvalue = 900\nsource = "https://example.test/s"\nread = 2030-01-01\n'
    )
    versions = [of_version(framework("fast"), version) for version in ("1.0", "2.0")]
    made(home / "results" / "v", {"overhead": entry("overhead")}, None, versions)
    assert set(ranked(as_json("v"))) == {"fast@1.0", "fast@2.0"}
    output = shown("v", "--explain", "fast@2.0")
    assert "stars of its repository: 900 stars" in output
    assert "independent steps run at once: yes" in output
    assert "results/v/trials/ 01-fast@2.0-inprocess-p2" in output


def test_readings_are_cached_until_the_run_changes(home: Path) -> None:
    run = home / "results" / "r"
    first = as_json()
    file = home / ".harness" / "cache" / "runs" / "r" / "readings.json"
    kept = file.read_bytes()
    assert as_json() == first
    assert file.read_bytes() == kept
    run_file = run / store.RUN
    run_file.write_bytes(run_file.read_bytes().replace(b"2030-01-01", b"2031-01-01"))
    assert as_json() != first
    assert file.read_bytes() != kept


def test_the_first_of_several_runs_counts(home: Path) -> None:
    making = Making(costs={"fast": Costs(step_ns=900 * MS), "slow": Costs(step_ns=MS)})
    other = home / "results" / "other"
    made(other, {"overhead": entry("overhead")}, making, ["fast", "slow"])
    assert ranked(as_json("r", "other")) == ["fast", "slow"]
    assert ranked(as_json("other", "r")) == ["slow", "fast"]


def test_a_framework_that_does_not_orchestrate_is_ranked_on_request(home: Path) -> None:
    file = home / "adapters" / "fast" / "adapter.toml"
    file.write_text('role = "tracker"\n' + file.read_text())
    assert ranked(as_json()) == ["slow"]
    line = next(line for line in shown().splitlines() if line.startswith("not ranked: fast"))
    assert line.startswith("not ranked: fast (tracker), ")
    assert " points: it does not orchestrate;" in line
    assert set(ranked(as_json("--role", "tracker"))) == {"fast", "slow"}
    assert "fast (tracker)" in shown("--role", "tracker")
    assert ranked(as_json("--role", "dataflow")) == ["slow"]
    assert ranked(as_json("--role", "tracker", "--exclude", "role=tracker")) == ["slow"]
