"""Home: its folders, and the packages that a worker sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.home import Home, import_folder, package_folder
from tests.paths import ROOT


def visible(folder: Path) -> set[str]:
    top = {path.name for path in folder.iterdir()} - {"adapters"}
    return top | {f"adapters/{path.name}" for path in (folder / "adapters").iterdir()}


ALWAYS = {
    *("workloads", "harness", "adapters/__init__.py"),
    *("adapters/contract.py", "adapters/dask_client.py"),
    *("adapters/probing.py", "adapters/urls.py"),
}


def test_a_worker_sees_our_packages_and_the_one_adapter(tmp_path: Path) -> None:
    folder = import_folder(Home(tmp_path), ROOT / "adapters" / "prefect")
    assert visible(folder) == ALWAYS | {"adapters/prefect"}


def test_a_worker_without_an_adapter_sees_only_our_packages(tmp_path: Path) -> None:
    assert visible(import_folder(Home(tmp_path), None)) == ALWAYS


def test_links_lead_to_the_checkout(tmp_path: Path) -> None:
    folder = import_folder(Home(tmp_path), ROOT / "adapters" / "plain")
    assert (folder / "workloads").resolve() == ROOT / "workloads"
    assert (folder / "adapters/contract.py").samefile(ROOT / "adapters/contract.py")
    assert (folder / "adapters/plain/adapter.py").samefile(ROOT / "adapters/plain/adapter.py")


def test_a_users_adapter_is_seen_under_its_name(tmp_path: Path) -> None:
    mine = tmp_path / "elsewhere" / "mine"
    mine.mkdir(parents=True)
    (mine / "adapter.py").touch()
    folder = import_folder(Home(tmp_path), mine)
    assert visible(folder) == ALWAYS | {"adapters/mine"}
    assert (folder / "adapters/mine/adapter.py").samefile(mine / "adapter.py")


def test_the_folder_is_made_once(tmp_path: Path) -> None:
    home, adapter = Home(tmp_path), ROOT / "adapters" / "plain"
    first = import_folder(home, adapter)
    (first / "mark").touch()
    assert import_folder(home, adapter) == first
    assert (first / "mark").exists()
    assert [path.name for path in home.imports.iterdir()] == [first.name]


def test_every_adapter_has_its_own_folder(tmp_path: Path) -> None:
    home = Home(tmp_path)
    folders = {import_folder(home, ROOT / "adapters" / name) for name in ("plain", "prefect")}
    assert len(folders | {import_folder(home, None)}) == 3


def test_two_adapters_of_one_name_do_not_share_a_folder(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (tmp_path / "plain").mkdir()
    assert import_folder(home, tmp_path / "plain") != import_folder(home, ROOT / "adapters/plain")


def test_the_second_process_uses_the_folder_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    first = import_folder(home, None)
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda self, **_: self != first and exists(self))
    assert import_folder(home, None) == first
    assert [path.name for path in home.imports.iterdir()] == [first.name]


def test_the_home_is_the_current_folder_or_the_named_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HARNESS_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert Home.here().root == tmp_path.resolve()
    monkeypatch.setenv("HARNESS_HOME", "below")
    assert Home.here().root == tmp_path.resolve() / "below"


def test_all_folders_lie_below_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path)
    hidden = tmp_path / ".harness"
    assert {p.parent for p in (home.envs, home.imports, home.scratch)} == {hidden}
    assert home.results == tmp_path / "results"


def test_temporary_folders_are_new_and_empty(tmp_path: Path) -> None:
    home = Home(tmp_path)
    folders = {home.temporary("build") for _ in range(3)}
    assert len(folders) == 3
    for folder in folders:
        assert folder.parent == home.scratch
        assert folder.name.startswith("build-")
        assert not list(folder.iterdir())


def test_our_packages_are_found() -> None:
    assert package_folder("workloads") == ROOT / "workloads"
