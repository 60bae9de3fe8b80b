"""Report of a run with known times: printed, as files, and as data.

After an intended change: ``GOLDEN=write python -m pytest tests/unit/report``, and read the diff.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner, Result

from harness.cli import cli
from harness.errors import UsageError
from harness.home import Home, package_folder
from harness.report import document as model
from harness.report import markdown
from harness.report.build import document
from harness.report.document import Document, Gantt, Intervals, Matrix, Table
from harness.report.terminal import document as terminal_document
from harness.results import store
from tests.paths import GOLDEN
from tests.unit.report.made_report import elsewhere, material, run_of

SCHEMA = package_folder("harness") / "report" / "schema.json"


def fixed(home: Home) -> Document:
    """Return the document without facts and harness version, which change over time."""
    known = msgspec.structs.replace(material(home), known={})
    return msgspec.structs.replace(document(known), harness="0")


def check(name: str, said: str) -> None:
    said = "".join(f"{line.rstrip()}\n" for line in said.splitlines())
    if os.environ.get("GOLDEN") == "write":
        (GOLDEN / name).write_text(said)
    assert said == (GOLDEN / name).read_text()


def test_the_markdown_equals_its_golden_files(home: Home) -> None:
    files = markdown.render(fixed(home))
    assert len(files) == 2
    for name, said in files.items():
        check(name, said)


def test_the_terminal_output_equals_its_golden_file(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal_document.print_document(fixed(home))
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    check("report.txt", said)


def test_the_published_schema_is_current() -> None:
    current = msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Document)), indent=1)
    if os.environ.get("GOLDEN") == "write":
        SCHEMA.write_bytes(current + b"\n")
    assert SCHEMA.read_bytes() == current + b"\n"


def test_the_json_matches_the_schema(home: Home) -> None:
    done = report("--format", "json")
    jsonschema.validate(json.loads(done.stdout), json.loads(SCHEMA.read_bytes()))
    assert json.loads(done.stdout)["schema"] == model.SCHEMA


def report(*arguments: str) -> Result:
    done = CliRunner().invoke(cli, ["report", *arguments])
    assert done.exit_code == 0, done.output + repr(done.exception)
    return done


def test_files_go_into_the_runs_folder_and_every_link_leads_to_one(home: Home) -> None:
    done = report("--format", "markdown")
    assert "report: " in done.stdout
    folder = home.results / "r"
    text, details = ((folder / name).read_text() for name in (markdown.MAIN, markdown.DETAILS))
    both = text + details
    targets = re.findall(r"\]\(([^)#]+)\)", both) + re.findall(r"(?m)^\[r\d+\]: ([^#\n]+)", both)
    files = [unquote(each) for each in targets if "://" not in each]
    assert len(files) > 20
    assert [each for each in files if not (folder / each).exists()] == []
    assert {each for each in files if each.endswith(".svg")} == {
        f"{markdown.FIGURES}/{path.name}" for path in (folder / markdown.FIGURES).iterdir()
    }
    asked = re.findall(rf"{markdown.DETAILS}#(\w+)", text)
    assert len(asked) > 5
    assert asked == re.findall(r'<a id="(\w+)">', details)
    for each in (text, details):
        used = set(re.findall(r"(?<!\\)\]\[(r\d+)\]", each))
        assert used == set(re.findall(r"(?m)^\[(r\d+)\]: ", each))


def test_a_linked_figures_folder_is_refused_and_unchanged(home: Home, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious.svg").write_text("x")
    (home.results / "r" / markdown.FIGURES).symlink_to(tmp_path / "mine")
    done = CliRunner().invoke(cli, ["report", "--format", "markdown"])
    assert isinstance(done.exception, UsageError)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["precious.svg"]


def test_runs_of_another_host_are_left_out_by_default(home: Home) -> None:
    run = run_of(home, "s")
    elsewhere(home, run)
    store.point_latest(home.results / "s")
    said = report("--format", "json").stdout
    assert [each["run"] for each in json.loads(said)["sources"]] == ["s"]


def test_an_output_folder_gets_markdown_and_json(home: Home, tmp_path: Path) -> None:
    report("--output", str(tmp_path / "new"))
    there = {path.name for path in (tmp_path / "new").iterdir()}
    assert there >= {"report.md", "report.json", markdown.FIGURES}


def test_stdout_has_only_the_json(home: Home) -> None:
    done = report("--format", "markdown", "--format", "json")
    assert json.loads(done.stdout)["sources"]
    assert done.stderr.startswith("report: ")


def of(found: Document, section: str) -> model.Section:
    return next(each for each in found.sections if each.id == section)


def test_each_verdict_has_its_evidence_beside_it(home: Home) -> None:
    (table,) = (each for each in of(fixed(home), "probes").parts if isinstance(each, Table))
    assert [each.title.replace("\n", " ") for each in table.columns] == [
        *("probe", "fast inprocess", "slow inprocess", "slow server"),
    ]
    retry = next(row for row in table.rows if row.cells[1].note == "ran 3 times")
    assert [link.href for link in retry.cells[1].links] == ["probes/01-fast/retry"]
    assert retry.cells[2].text == "ignored"
    cron = next(row for row in table.rows if row.cells[3].note == "says so")
    assert [link.href for link in cron.cells[3].links] == ["https://example.test/cron"]


def test_points_lead_to_trials(home: Home) -> None:
    (matrix,) = of(fixed(home), "answer").parts
    assert isinstance(matrix, Matrix)
    assert matrix.links["results/r/trials/01-fast-inprocess-p1"].href == (
        "trials/01-fast-inprocess-p1"
    )


def test_a_sequential_mode_is_labelled_in_every_chart(home: Home) -> None:
    found = fixed(home)
    (overheads,) = (p for p in of(found, "overhead").parts if isinstance(p, Intervals))
    labels = {each.label for each in overheads.intervals if each.framework == "slow"}
    assert labels == {"slow 1.0, P=2, sequential by nature"}
    (gantt,) = (p for p in of(found, "pipeline").parts if isinstance(p, Gantt))
    assert "slow 1.0, P=2, sequential by nature" in [each.label for each in gantt.panels]


def test_one_framework_alone_keeps_plain_python(home: Home) -> None:
    said = report("--framework", "fast", "--format", "json").stdout
    assert '"fast"' in said
    assert '"plain"' in said
    assert "slow" not in said


def test_a_framework_missing_from_all_runs_is_refused(home: Home) -> None:
    done = CliRunner().invoke(cli, ["report", "--framework", "fats"])
    assert isinstance(done.exception, UsageError)
    assert "fast, slow" in str(done.exception)


def test_an_unmeasured_mode_has_no_answer(home: Home) -> None:
    found = document(material(home, mode="endpoint"))
    assert found.sentence.startswith(
        "No answer for mode endpoint: modes measured in these runs: inprocess"
    )


def test_separate_runs_make_one_report(home: Home) -> None:
    run_of(home, "s", chosen=["fast@2.0"])
    found = document(material(home, "r", "s"))
    shown = {each.label for each in _intervals(found, "overhead")}
    assert {label.partition(",")[0] for label in shown} >= {"fast 1.0", "slow 1.0", "fast@2.0"}
    assert sum(label.startswith("plain") for label in shown) == 2  # P=1 and P=2, each once


def test_versions_of_one_framework_are_a_trend(home: Home) -> None:
    run_of(home, "s", chosen=["fast@2.0"])
    found = _intervals(document(material(home, "r", "s")), "trend")
    assert [(each.label, each.framework) for each in found][:2] == [
        ("1.0", "fast"),
        ("2.0", "fast"),
    ]
    assert len({each.group for each in found}) == len(found) / 2


def _intervals(found: Document, section: str) -> list[model.Interval]:
    parts = of(found, section).parts
    return [each for part in parts if isinstance(part, Intervals) for each in part.intervals]


def test_runs_of_two_hosts_are_refused_by_default(home: Home) -> None:
    elsewhere(home, run_of(home, "s"))
    with pytest.raises(UsageError, match=r"two hosts: cores 4 and 64.*--mix-hosts"):
        material(home, "r", "s")
    mixed = document(material(home, "r", "s", mix_hosts=True))
    assert "These runs come from several hosts" in markdown.render(mixed)[markdown.MAIN]


def test_a_run_with_only_probes_has_a_report(home: Home) -> None:
    run = run_of(home, "p")
    bare = msgspec.structs.replace(run.plan, experiments=[], cells=[], order=[], workloads={})
    probes = store.load(home.results / "r").probes
    store.save(
        home.results / "p", msgspec.structs.replace(run, plan=bare, trials=[], probes=probes)
    )
    found = document(material(home, "p"))
    assert [each.id for each in found.sections][:2] == ["answer", "probes"]
    assert "of what these weights ask for is known of it" in found.sentence
