"""Catalog: adapters found, chosen and labelled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.commands import doctor
from harness.commands import list as list_command
from harness.errors import UsageError
from harness.frameworks import catalog
from harness.home import Home
from tests.paths import ROOT
from tests.unit.made_adapters import adapter_toml
from tests.unit.made_frameworks import PLAIN, framework

OURS = sorted(path.parent for path in (ROOT / "adapters").glob("*/adapter.toml"))

GOOD = adapter_toml()


def adapter(folder: Path, name: str) -> Path:
    (folder / name).mkdir(parents=True)
    (folder / name / "adapter.toml").write_text(GOOD)
    return folder / name


def test_the_baseline_comes_first(tmp_path: Path) -> None:
    names = list(catalog.discover(Home(tmp_path)))
    assert names[0] == catalog.BASELINE == "plain"
    assert names[1:] == sorted(names[1:])
    assert {folder.name for folder in OURS} == set(names)


def test_adapters_of_the_user_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = adapter(tmp_path / "adapters", "mine")
    elsewhere = adapter(tmp_path / "elsewhere", "other")
    monkeypatch.setenv("HARNESS_ADAPTERS", str(tmp_path / "elsewhere"))
    found = catalog.discover(Home(tmp_path))
    assert found["mine"].folder == mine.resolve()
    assert found["other"].folder == elsewhere.resolve()
    assert found["mine"].module("inprocess") == "adapters.mine.adapter"


def test_modes_of_an_adapter_without_a_framework_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "adapter.toml"
    path.write_text(GOOD.replace('"mine"', '"python"').replace("inprocess", "half"))
    assert list(catalog.read_adapter_file(path).modes) == ["half"]


def test_a_duplicate_name_is_refused_with_both_places_when_requested(
    tmp_path: Path,
) -> None:
    again = adapter(tmp_path / "adapters", "prefect")
    found = catalog.discover(Home(tmp_path))
    with pytest.raises(UsageError, match="'prefect' is in") as caught:
        catalog.choose(found, ["prefect"])
    assert str(again.resolve()) in str(caught.value)
    assert str(ROOT / "adapters" / "prefect") in str(caught.value)


def test_a_broken_adapter_fails_only_when_requested(tmp_path: Path) -> None:
    path = adapter(tmp_path / "adapters", "mine") / "adapter.toml"
    path.write_text(GOOD.replace("title", "tittle"))
    found = catalog.discover(Home(tmp_path))
    assert [each.name for each in catalog.choose(found, ["prefect"])] == ["prefect"]
    assert "mine" not in found
    for names in (["mine"], ["all"], ["mine@1.0"]):
        with pytest.raises(UsageError, match="tittle") as caught:
            catalog.choose(found, names)
        assert str(path.resolve()) in str(caught.value)
    assert "name frameworks: plain, " in refused(found, "all")


def refused(found: catalog.Catalog, *names: str) -> str:
    with pytest.raises(UsageError) as caught:
        catalog.choose(found, list(names))
    return str(caught.value)


def test_the_folder_of_adapters_may_be_named_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_ADAPTERS", str(ROOT / "adapters"))
    assert len(catalog.discover(Home(ROOT))) == len(OURS)


def test_a_broken_adapter_is_listed_and_diagnosed_with_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = adapter(tmp_path / "adapters", "mine") / "adapter.toml"
    path.write_text(GOOD.replace("title", "tittle"))
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    list_command.show(as_json=False)
    output = capsys.readouterr().out
    assert "adapter mine is broken:" in output
    assert "tittle" in output
    assert max(map(len, output.splitlines())) <= 80
    list_command.show(as_json=True)
    listed = json.loads(capsys.readouterr().out)
    assert "tittle" in listed["broken"]["mine"]
    assert set(listed["frameworks"]) == {folder.name for folder in OURS}
    assert doctor.doctor(as_json=True) == 1
    (found,) = [each for each in json.loads(capsys.readouterr().out) if each["what"] == "mine"]
    assert "tittle" in found["found"]
    assert found["remedy"]


CATALOG = catalog.Catalog(
    {"plain": PLAIN, "prefect": framework("prefect"), "flyte": framework("flyte")}
)


def chosen(*names: str) -> list[str]:
    return [each.name for each in catalog.choose(CATALOG, list(names))]


def test_frameworks_are_chosen_once_each_in_the_given_order() -> None:
    assert chosen("flyte", "plain", "flyte") == ["flyte", "plain"]


def test_all_stands_for_every_one() -> None:
    assert chosen("all") == ["plain", "prefect", "flyte"]
    assert chosen("flyte", "all") == ["flyte", "plain", "prefect"]


def test_an_unknown_framework_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="'perfect': did you mean 'prefect'"):
        chosen("perfect")


def test_two_versions_of_a_framework_have_labels_of_their_own() -> None:
    assert chosen("prefect@3.8.5", "prefect", "prefect@3.8.8") == [
        "prefect@3.8.5",
        "prefect",
        "prefect@3.8.8",
    ]
    (found,) = catalog.choose(CATALOG, ["prefect@3.8.5"])
    assert (found.adapter, found.version, found.spec) == ("prefect", "3.8.5", "prefect@3.8.5")
    assert found.module("inprocess") == "adapters.prefect.adapter"
    assert found.entry == CATALOG["prefect"].entry


@pytest.mark.parametrize("text", ["3.8.5", "v3.8.5", "3.08.5", " 3.8.5 "])
def test_two_spellings_of_a_version_give_one_label(text: str) -> None:
    assert chosen("prefect@3.8.5", f"prefect@{text}") == ["prefect@3.8.5"]


def test_a_text_that_is_not_a_version_stays_as_written() -> None:
    assert chosen("prefect@abc", "prefect@") == ["prefect@abc", "prefect@"]


def test_a_version_of_an_unknown_framework_is_refused_with_the_nearest() -> None:
    assert "'prefct': did you mean 'prefect'" in refused(CATALOG, "prefct@3.8.5")
    assert "one framework" in refused(CATALOG, "all@3.8.5")


def test_a_version_of_an_adapter_without_a_package_is_refused(tmp_path: Path) -> None:
    ours = catalog.discover(Home(tmp_path))
    assert "plain has no versions" in refused(ours, "plain@3.11")


def test_an_unresolved_version_has_no_lock() -> None:
    (found,) = catalog.choose(CATALOG, ["prefect@3.8.5"])
    with pytest.raises(AssertionError, match="resolved"):
        found.lock  # noqa: B018


def test_an_alias_is_the_same_framework_under_another_name() -> None:
    null = catalog.alias(PLAIN, "null")
    assert (null.name, null.spec, null.adapter) == ("null", "plain", "plain")
    assert (null.folder, null.lock, null.entry) == (PLAIN.folder, PLAIN.lock, PLAIN.entry)


def test_an_unknown_mode_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no mode of plain 'inproces': did you mean 'inprocess'"):
        PLAIN.mode("inproces")


def test_the_first_mode_is_the_default() -> None:
    assert framework("f", server=True, inprocess=True).default_mode == "server"
