"""Exported projects: code equal to the workload, with valid Python names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.export import project, python_source
from harness.frameworks import adapter_file, catalog
from harness.home import package_folder
from harness.planning.workload import WorkloadSource
from tests.unit.made_frameworks import framework
from workloads import failing, patterns
from workloads.churn import churn
from workloads.dag import REF, Workload, bind

OURS = WorkloadSource("churn", "workloads.churn:churn", None)
EXPORTING = [
    catalog.Framework(path.parent.name, path.parent, adapter_file.read_adapter_file(path))
    for path in sorted(package_folder("adapters").glob("*/adapter.toml"))
    if not adapter_file.read_adapter_file(path).control
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)
references = st.builds(
    lambda step, path: {REF: step, "path": path},
    st.sampled_from(["a b", "class"]),
    st.lists(st.sampled_from(["k", "ü"]), max_size=2),
)
values = st.recursive(
    scalars | references,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text().filter(lambda key: key != REF), inner, max_size=3)
    ),
)


class Anything(dict[str, Any]):
    """A result in which every path exists and leads to a new value."""

    def __missing__(self, key: str) -> Anything:
        self[key] = Anything()
        return self[key]


@given(values)
def test_an_expression_evaluates_to_the_value(value: Any) -> None:
    results = {"a b": Anything(), "class": Anything()}
    names = {step: python_source.identifier(step) for step in results}
    scope = {names[step]: result for step, result in results.items()}
    assert eval(python_source.expression(value, names), scope) == bind({"x": value}, results)["x"]


@given(st.lists(st.text(), unique=True, max_size=6))
def test_identifiers_are_valid_and_unique(texts: list[str]) -> None:
    found: list[str] = []
    for text in texts:
        found.append(python_source.identifier(text, found))
    assert len(set(found)) == len(texts)
    assert all(name.isidentifier() for name in found)


@pytest.mark.parametrize(
    ("text", "name"),
    [("train_1", "train_1"), ("1st", "_1st"), ("a-b", "a_b"), ("class", "class_"), ("", "_")],
)
def test_names_become_identifiers(text: str, name: str) -> None:
    assert python_source.identifier(text) == name


def test_reserved_words_are_not_used_as_identifiers() -> None:
    assert [python_source.identifier(word) for word in ("run", "list", "None")] == [
        "run_",
        "list_",
        "None_",
    ]


@pytest.mark.parametrize("framework", EXPORTING, ids=lambda each: str(each.name))
@pytest.mark.parametrize(
    "workload",
    [churn(rows=500, candidates=2), patterns.fan_in(width=3), failing.failing()],
    ids=lambda each: str(each.name),
)
def test_an_exported_project_is_clean_python_and_pins_all_packages(
    tmp_path: Path, framework: catalog.Framework, workload: Workload
) -> None:
    folder = tmp_path / "out"
    written = {path.name for path in project.write(framework, workload, OURS, folder)}
    assert {"README.md", "pipeline.py", "steps.py"} <= written
    for path in folder.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")
    assert lint(folder) == ""
    (pipeline,) = folder.rglob("pipeline.py")
    said = "".join(path.read_text() for path in pipeline.parent.glob("*.py"))
    assert all(step.function in said for step in workload.steps)
    assert "harness" not in pipeline.read_text()
    assert len((folder / "README.md").read_text().splitlines()) == 3
    assert "--hash=sha256:" in (folder / "requirements.txt").read_text()


def lint(folder: Path) -> str:
    """Return the findings of Ruff with common rules and its default format."""
    ruff = [sys.executable, "-m", "ruff"]
    rules = [
        "check",
        "--isolated",
        "--quiet",
        "--line-length=100",
        "--target-version=py310",
        "--select=E,F,I,B,UP,W",
    ]
    shape = ["format", "--isolated", "--quiet", "--line-length=100", "--diff"]
    found = [
        subprocess.run([*ruff, *what, "."], cwd=folder, capture_output=True, text=True, check=False)
        for what in (rules, shape)
    ]
    return "".join(done.stdout + done.stderr for done in found)


def test_a_users_module_is_copied(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def build(): ...\n")
    source = WorkloadSource("mine:build", "mine:build", tmp_path)
    project.write(EXPORTING[0], patterns.chain(steps=1), source, tmp_path / "out")
    assert (tmp_path / "out" / "mine.py").read_text() == "def build(): ...\n"


def test_the_workloads_own_packages_are_listed_and_installed(tmp_path: Path) -> None:
    extra = tmp_path / "mine.txt"
    extra.write_text("pandas\n")
    folder = tmp_path / "out"
    project.write(EXPORTING[0], patterns.chain(steps=1), OURS, folder, extra)
    assert (folder / "requirements-workload.txt").read_text() == "pandas\n"
    readme = (folder / "README.md").read_text()
    assert "`pip install -r requirements.txt && pip install -r requirements-workload.txt`" in readme


def test_a_folder_with_files_is_refused_and_unchanged(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    with pytest.raises(UsageError, match="not empty"):
        project.write(EXPORTING[0], patterns.chain(steps=1), OURS, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_an_adapter_without_templates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match="fast cannot be exported to: its adapter has no templates"
    ):
        project.write(framework("fast"), patterns.chain(steps=1), OURS, tmp_path / "out")
