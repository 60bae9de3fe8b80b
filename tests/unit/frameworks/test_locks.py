"""Locks: all pinned and hashed, without an index, with the workload's pins in every one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from harness.errors import EnvError
from harness.frameworks import locks
from harness.frameworks.adapter_file import read_adapter_file
from harness.frameworks.catalog import Framework, discover
from harness.home import Home
from tests.paths import ROOT
from tests.unit.made_adapters import adapter_toml, write_adapter

ADAPTERS = sorted((ROOT / "adapters").glob("*/requirements.lock"))
OWN = ("harness", "tests", "tests/frameworks/s3")
LOCKS = [*ADAPTERS, *(ROOT / folder / "requirements.lock" for folder in OWN)]
WORKLOAD = ROOT / "workloads" / "requirements.in"


def name_of(path: Path) -> str:
    return str(path.parent.name)


def requirements(path: Path) -> list[str]:
    """Return each requirement with its options, as one line."""
    lines = path.read_text().replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def parsed(line: str) -> Requirement:
    return Requirement(line.partition(" --hash")[0].partition(" #")[0].strip())


def pins(path: Path, python: str = "") -> dict[str, set[str]]:
    """Return the pins by name, of one ``python`` only those that it gets."""
    found: dict[str, set[str]] = {}
    for line in requirements(path):
        requirement = parsed(line)
        marker = requirement.marker
        there = {"python_version": python, "python_full_version": f"{python}.9"}
        if not python or marker is None or marker.evaluate(there):
            found.setdefault(requirement.name.lower(), set()).add(str(requirement.specifier))
    return found


def admitted(path: Path) -> list[str]:
    """Return the minor versions of Python that an adapter admits."""
    specifier = SpecifierSet(read_adapter_file(path.parent / "adapter.toml").python)
    return [f"3.{minor}" for minor in range(9, 16) if f"3.{minor}.9" in specifier]


def test_every_adapter_has_a_lock() -> None:
    assert {path.parent for path in ADAPTERS} == {
        path.parent for path in (ROOT / "adapters").glob("*/adapter.py")
    }


@pytest.mark.parametrize("path", LOCKS, ids=name_of)
def test_everything_is_pinned_and_hashed(path: Path) -> None:
    lines = requirements(path)
    assert len(lines) > 5
    for line in lines:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", line), line[:60]
        specifiers = list(parsed(line).specifier)
        assert [each.operator for each in specifiers] == ["=="], line[:60]
        assert "*" not in specifiers[0].version


@pytest.mark.parametrize("path", LOCKS, ids=name_of)
def test_locks_do_not_name_an_index_or_an_address(path: Path) -> None:
    text = path.read_text()
    for forbidden in ("-".join(["index", "url"]), "".join([":", "//"]), "find-links", " @ "):
        assert forbidden not in text


@pytest.mark.parametrize("path", LOCKS, ids=name_of)
def test_the_lock_names_the_command_that_writes_it(path: Path) -> None:
    head = path.read_text().partition("\n\n")[0][:300]
    assert re.search(r"#\s+(harness lock [a-z]+|make lock)\n", head)


@pytest.mark.parametrize("path", ADAPTERS, ids=name_of)
def test_the_workloads_pins_stand_in_every_environment(path: Path) -> None:
    assert admitted(path)
    for python in admitted(path):
        locked = pins(path, python)
        for name, specifiers in pins(WORKLOAD, python).items():
            assert locked[name] == specifiers, python


@pytest.mark.parametrize("path", ADAPTERS, ids=name_of)
def test_requirements_of_an_adapter_are_in_its_lock(path: Path) -> None:
    locked = pins(path)
    for line in requirements(path.parent / "requirements.in"):
        requirement = parsed(line)
        found = locked[requirement.name.lower()]
        assert all(
            requirement.specifier.contains(each.removeprefix("=="), prereleases=True)
            for each in found
        ), line


@pytest.mark.parametrize("path", ADAPTERS, ids=name_of)
def test_a_framework_is_pinned_exactly_in_its_requirements(path: Path) -> None:
    asked = [parsed(line) for line in requirements(path.parent / "requirements.in")]
    exact = [each for each in asked if str(each.specifier).startswith("==")]
    package = read_adapter_file(path.parent / "adapter.toml").package
    assert package == "python" or canonicalize_name(package) in {
        canonicalize_name(each.name) for each in exact
    }


@pytest.mark.parametrize("missing", ["extra-package", "Extra_Package>=1  # why"])
def test_a_lock_that_lacks_a_package_is_refused(tmp_path: Path, missing: str) -> None:
    own = write_adapter(
        tmp_path, "mine", requirements_in="mine==1\n", requirements_lock="mine==1\n"
    )
    home = Home(tmp_path)
    locks.check_lock(discover(home)["mine"])
    (own / "requirements.in").write_text(f"mine\nother; python_version < '3'\n{missing}\n")
    with pytest.raises(EnvError, match=r"(?i)does not pin extra.package.*harness lock mine"):
        locks.check_lock(discover(home)["mine"])


class Resolver:
    """A stand-in for uv that records what it is given, and writes a lock or fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refusal: str = "") -> None:
        self.refusal, self.inputs = refusal, [""]
        monkeypatch.setattr(locks, "uv", self)

    def __call__(self, home: Home, stop: object, *arguments: str, settings: str = "") -> None:
        if self.refusal:
            raise EnvError(self.refusal)
        overrides = arguments[arguments.index("--override") + 1]
        sources = [each for each in arguments if each.endswith(".in") and each != overrides]
        self.inputs = [Path(each).read_text() for each in (overrides, *sources)]
        Path(arguments[-1]).write_text("# made\nmine==1\n")


def departing(folder: Path) -> tuple[Home, Framework, Path]:
    """Return an adapter that departs from one of the workload's two pins."""
    text = 'departs = ["Some.Package"]\ndeparts_reason = "older"\n' + adapter_toml()
    write_adapter(folder, "mine", text, requirements_in="mine==1\n")
    workload = folder / "workload.in"
    workload.write_text("some-package==2  # why\nother==3\n")
    home = Home(folder)
    return home, discover(home)["mine"], workload


def test_pins_of_the_workload_override_those_of_a_framework_that_departs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, mine, workload = departing(tmp_path)
    resolver = Resolver(monkeypatch)
    for _ in range(2):  # the second time over the lock of the first
        locks.lock(home, mine, workload)
        text = mine.own_lock.read_text()
        assert locks.overridden(text) == "some-package==2  # why"
        assert text.count("--no-deps") == 1
    assert resolver.inputs[0] == "some-package==2  # why"
    assert "other==3" in resolver.inputs[1]
    assert locks.install_options(text) == ("--no-deps",)


def test_without_overrides_the_frameworks_own_pins_are_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, mine, workload = departing(tmp_path)
    resolver = Resolver(monkeypatch)
    locks.lock(home, mine, workload, overrides=False)
    assert resolver.inputs == ["", "other==3", "mine==1\n"]
    assert locks.install_options(mine.own_lock.read_text()) == ()


def test_a_lock_that_cannot_resolve_says_how_to_depart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, mine, workload = departing(tmp_path)
    Resolver(monkeypatch, "Because mine==1 depends on other<3 and you require other==3 …")
    with pytest.raises(EnvError, match=r"other==3 ….*adapter.toml: departs = \[\"other\"\]"):
        locks.lock(home, mine, workload)
    Resolver(monkeypatch, "the index did not answer")
    with pytest.raises(EnvError, match=r"answer$"):
        locks.lock(home, mine, workload)


def test_a_lock_of_ours_is_installed_without_dependencies_only_if_the_framework_departs() -> None:
    for path in ADAPTERS:
        departs = read_adapter_file(path.parent / "adapter.toml").departs
        pins_named = locks.overridden(path.read_text())
        assert bool(departs) == bool(pins_named), path
        assert all(f"{name}==" in pins_named for name in departs)
