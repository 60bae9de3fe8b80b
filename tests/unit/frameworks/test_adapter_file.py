"""adapter.toml: our files, and the errors of wrong ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from harness.errors import UsageError
from harness.frameworks import adapter_file
from tests.paths import ROOT
from tests.unit.made_adapters import adapter_toml

#: Set only if there are more workers than its default allows.
_SELDOM = {"AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG"}
OURS = sorted(path.parent for path in (ROOT / "adapters").glob("*/adapter.toml"))

GOOD = adapter_toml()


def refusal(folder: Path, text: str) -> str:
    path = folder / "adapter.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        adapter_file.read_adapter_file(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_every_adapter_has_a_description() -> None:
    folders = {path.parent for path in (ROOT / "adapters").glob("*/adapter.py")}
    assert folders == set(OURS)
    assert len(OURS) >= 5


@pytest.mark.parametrize("folder", OURS, ids=lambda folder: str(folder.name))
def test_our_descriptions_are_valid(folder: Path) -> None:
    entry = adapter_file.read_adapter_file(folder / "adapter.toml")
    assert SpecifierSet(entry.python)
    assert {mode.partition("-")[0] for mode in entry.modes} <= set(adapter_file.MODES)
    for mode in entry.modes.values():
        assert (folder / f"{mode.module}.py").exists()
    assert all(mode.summary.strip() for mode in entry.modes.values())
    assert (entry.tolerance == 0) or entry.tolerance_reason.strip()
    assert not entry.departs or entry.departs_reason.strip()


@pytest.mark.parametrize("folder", OURS, ids=lambda folder: str(folder.name))
def test_our_settings_have_reasons_and_names_of_variables(folder: Path) -> None:
    for mode in adapter_file.read_adapter_file(folder / "adapter.toml").modes.values():
        names = [setting.name for setting in mode.settings]
        assert len(set(names)) == len(names)
        reasons = {each.name: each.reason for each in mode.settings} | mode.inherits
        for name, reason in reasons.items():
            assert len(reason.split()) >= 3, name
            assert name.isupper() or re.search(r" --|[(=]", name), name


@pytest.mark.parametrize("folder", OURS, ids=lambda folder: str(folder.name))
def test_settings_made_in_code_are_declared(folder: Path) -> None:
    """Settings that an adapter makes for each trial count as settings too."""
    modes = adapter_file.read_adapter_file(folder / "adapter.toml").modes.values()
    declared = {name for each in modes for name in each.inherits}
    declared |= {setting.name for each in modes for setting in each.settings}
    text = "".join(path.read_text() for path in folder.glob("*.py"))
    made = set(re.findall(r"\b(?:AIRFLOW_|PREFECT|FLYTE|MLRUN)\w*_[A-Z]+\b", text))
    assert made - _SELDOM <= declared


@pytest.mark.parametrize("folder", OURS, ids=lambda folder: str(folder.name))
def test_a_framework_can_be_compared_on_the_preferred_python_or_says_why_not(folder: Path) -> None:
    entry = adapter_file.read_adapter_file(folder / "adapter.toml")
    assert ("3.11.7" in SpecifierSet(entry.python)) == (folder.name != "tfx")
    assert entry.python_reason.strip() or entry.control


def test_a_good_description_is_read(tmp_path: Path) -> None:
    (tmp_path / "adapter.toml").write_text(GOOD)
    entry = adapter_file.read_adapter_file(tmp_path / "adapter.toml")
    assert entry.modes["inprocess"].parallel is True
    assert (entry.tolerance, entry.modes["inprocess"].settings) == (0.0, [])


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("title", "tittle", "`tittle`"),
        ("title", "# title", "`title`"),
        ("parallel = true", 'parallel = "yes"', "$.modes[...].parallel"),
        ("parallel = true", "paralel = true", "`paralel`"),
        (
            'isolation = "thread"',
            'isolation = "wish"',
            "inprocess.isolation`; known: none, pod, process, thread",
        ),
        ("durable = false", "settings = [{name = 'A', value = 'b'}]", "`reason`"),
        ("[modes.inprocess]", "[modes.inprocess", "line 6"),
        ("[modes.inprocess]", "[modes.inproces]", "key modes.inproces: no mode 'inproces': did"),
        ("durable = false", "durable = false\ndatabase = 3", "$.modes[...].database"),
        ('python = ">=3.11"', 'python = "three"', "three"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = GOOD.replace(old, new)
    if named == "`reason`":
        text += "durable = false\n"
    assert named in refusal(tmp_path, text)


def test_a_description_without_modes_is_refused_with_the_table_to_add(tmp_path: Path) -> None:
    text = GOOD.partition("[modes")[0] + "modes = {}\n"
    assert "add a table [modes.inprocess]" in refusal(tmp_path, text)


def test_a_description_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "adapter.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="utf-8"):
        adapter_file.read_adapter_file(path)


def test_a_mode_inherits_only_variables_that_the_user_has_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mode = adapter_file.Mode(
        "", False, False, "none",
        settings=[adapter_file.Setting("FIRST", "", "1"), adapter_file.Setting("SECOND", "", "2")],
        inherits=dict.fromkeys(("SECOND", "THIRD", "FOURTH"), ""),
    )  # fmt: skip
    monkeypatch.delenv("FOURTH", raising=False)
    for name in ("FIRST", "SECOND", "THIRD"):
        monkeypatch.setenv(name, "mine")
    assert mode.variables == {"FIRST": "1", "SECOND": "mine", "THIRD": "mine"}


def test_a_file_that_the_user_has_to_name_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mode = adapter_file.Mode("", False, False, "none", files={"A_JAR": "a job server's jar"})
    monkeypatch.delenv("A_JAR", raising=False)
    assert mode.missing_service({}) == "needs a job server's jar: export A_JAR=/absolute/path"
    for wrong in ("relative.jar", str(tmp_path), str(tmp_path / "none")):
        monkeypatch.setenv("A_JAR", wrong)
        assert f"A_JAR={wrong} is not the absolute path of a file" in mode.missing_service({})
    jar = tmp_path / "a.jar"
    jar.touch()
    monkeypatch.setenv("A_JAR", str(jar))
    assert mode.missing_service({}) == ""
    assert mode.variables == {"A_JAR": str(jar)}


def test_a_mode_of_a_former_name_is_read_under_its_present_one(tmp_path: Path) -> None:
    (tmp_path / "adapter.toml").write_text(adapter_toml(mode="cluster-x"))
    entry = adapter_file.read_adapter_file(tmp_path / "adapter.toml")
    assert list(entry.modes) == ["endpoint-x"]


def test_a_role_is_one_of_those_known(tmp_path: Path) -> None:
    assert "known: baseline, dataflow" in refusal(tmp_path, 'role = "magic"\n' + GOOD)
    roles = {each.name: adapter_file.read_adapter_file(each / "adapter.toml").role for each in OURS}
    others = {name: role for name, role in roles.items() if role != "orchestrator"}
    assert others == {"plain": "baseline", "beam": "dataflow", "mlflow": "tracker"}
