"""Versions of a framework: requested, resolved again, refused."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.version import Version

from harness.errors import EnvError, UsageError
from harness.frameworks import locks, versions, virtualenvs
from harness.frameworks.catalog import Catalog, Framework, alias, choose, discover, of_version
from harness.home import Home
from tests.unit.made_adapters import adapter_toml, write_adapter

LOCK = """# made by
my-package==1.2 \\
    --hash=sha256:00
other==3.0 ; sys_platform == 'win32' \\
    --hash=sha256:01
"""
RELEASES = ["1.0", "1.1", "1.2", "1.10", "2.0"]


class Index:
    """Stand-in for uv and pip that records resolutions, their inputs and existing versions."""

    def __init__(self) -> None:
        self.resolved: list[str] = []
        self.preferred: list[str] = []
        self.reachable = True
        self.conflict = False

    def pin(
        self, home: Home, framework: Framework, sources: Sequence[Path], output: Path, command: str
    ) -> None:
        text = sources[-1].read_text()
        self.preferred.append(output.read_text())
        version = text.partition("==")[2].split()[0]
        if not self.reachable or self.conflict or version not in RELEASES:
            raise EnvError("uv pip compile failed: no solution")
        self.resolved.append(text)
        output.write_text(f"my-package=={version} \\\n    --hash=sha256:02\n")

    def existing(self, package: str, *, prereleases: bool) -> list[Version]:
        assert package == "My.Package"
        if not self.reachable:
            raise EnvError("pip index versions: no route")
        return [Version(text) for text in RELEASES]


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Index:
    made = Index()
    monkeypatch.setattr(locks, "pin", made.pin)
    monkeypatch.setattr(versions, "existing", made.existing)
    return made


@pytest.fixture
def home(tmp_path: Path) -> Home:
    write_adapter(
        tmp_path,
        "mine",
        adapter_toml(package="My.Package"),
        requirements_in="my_package[x]==1.2  # why\nhelper<3\n",
        requirements_lock=LOCK,
    )
    return Home(tmp_path)


def resolve(home: Home, *names: str) -> list[Framework]:
    return versions.resolve(home, choose(discover(home), names), lambda name, part: None)


def refusal(home: Home, name: str) -> str:
    with pytest.raises(UsageError) as caught:
        resolve(home, name)
    return str(caught.value)


def test_the_version_that_is_locked_shares_the_environment_of_the_bare_name(
    home: Home, index: Index
) -> None:
    bare, same = resolve(home, "mine", "mine@1.2.0")
    assert index.resolved == []
    assert same.name == "mine@1.2.0"
    assert virtualenvs.plan(home, same).folder == virtualenvs.plan(home, bare).folder


def test_another_version_is_resolved_once_with_the_adapters_pins_as_preferences(
    home: Home, index: Index
) -> None:
    bare, first = resolve(home, "mine", "mine@1.1")
    (again,) = resolve(home, "mine@1.1")
    assert [text.splitlines()[0] for text in index.resolved] == ["my_package[x]==1.1"]
    assert index.resolved[0].splitlines()[1:] == ["helper<3"]
    assert index.preferred == [LOCK]
    assert first == again
    assert first.lock.parent == home.locks
    assert first.lock.name.startswith("mine@1.1-")
    own, other = virtualenvs.plan(home, bare).folder, virtualenvs.plan(home, first).folder
    assert own != other
    assert other.name.startswith("mine-")
    assert not list(home.scratch.iterdir())


def test_a_resolved_version_does_not_need_an_index(home: Home, index: Index) -> None:
    (before,) = resolve(home, "mine@1.1")
    index.reachable = False
    assert resolve(home, "mine@1.1") == [before]
    assert resolve(home, "mine@1.2")[0].lock == before.own_lock


@pytest.mark.parametrize("name", ["requirements.in", "requirements.lock"])
def test_an_edit_is_resolved_again(home: Home, index: Index, name: str) -> None:
    (before,) = resolve(home, "mine@1.1")
    path = before.folder / name
    path.write_text(path.read_text() + "# edited\n")
    assert versions.locked_versions(home, discover(home)) == []
    (after,) = resolve(home, "mine@1.1")
    assert len(index.resolved) == 2
    assert after.lock != before.lock


def test_versions_that_are_resolved_are_found_again(home: Home, index: Index) -> None:
    made = resolve(home, "mine@1.1", "mine@2.0", "mine@1.2")
    (home.locks / "gone@1.0-0123456789ab.lock").touch()
    (home.locks / "mine@1.0-0123456789ab.lock").touch()
    assert versions.locked_versions(home, discover(home)) == made[:2]


def test_a_version_that_does_not_exist_is_refused_with_the_nearest(
    home: Home, index: Index
) -> None:
    assert refusal(home, "mine@99") == (
        "My.Package has no version 99; the nearest: mine@1.1, mine@1.2, mine@1.10, mine@2.0"
    )
    assert "the nearest: mine@1.0, mine@1.1, mine@1.2, mine@1.10" in refusal(home, "mine@1.1.5")
    assert not home.locks.exists()
    assert not list(home.scratch.iterdir())


@pytest.mark.parametrize("text", ["abc", "", "1.2 || 1.3", "1.2; os_name", "../../x"])
def test_a_text_that_is_not_a_version_is_refused_with_the_newest(
    home: Home, index: Index, text: str
) -> None:
    assert refusal(home, f"mine@{text}") == (
        f"mine@{text}: {text!r} is not a version; "
        "the newest: mine@1.1, mine@1.2, mine@1.10, mine@2.0"
    )
    assert index.preferred == []


def test_a_version_with_a_conflict_is_refused_with_the_resolvers_message(
    home: Home, index: Index
) -> None:
    index.conflict = True
    message = refusal(home, "mine@1.1")
    assert "mine@1.1 exists, but cannot be resolved" in message
    assert "no solution" in message
    assert str(home.root / "adapters/mine/requirements.in") in message


def test_without_an_index_existing_versions_are_not_claimed(home: Home, index: Index) -> None:
    index.reachable = False
    with pytest.raises(
        EnvError, match=r"cannot be determined: pip index versions: no route"
    ) as caught:
        resolve(home, "mine@1.1")
    assert "no solution" in str(caught.value)
    assert "cannot be determined" in refusal(home, "mine@abc")


def test_a_refused_version_is_reported_as_failed(home: Home, index: Index) -> None:
    parts: list[tuple[str, str]] = []
    with pytest.raises(UsageError):
        versions.resolve(
            home,
            choose(discover(home), ["mine@1.1", "mine@99"]),
            lambda name, part: parts.append((name, part)),
        )
    assert parts == [
        ("mine@1.1", "resolve"),
        ("mine@1.1", "ready"),
        ("mine@99", "resolve"),
        ("mine@99", "failed"),
    ]


def test_an_alias_of_a_version_keeps_its_lock(home: Home, index: Index) -> None:
    (made,) = resolve(home, "mine@1.1")
    assert alias(made, "null").lock == made.lock
    assert versions.resolve(home, [alias(made, "null")], lambda name, part: None) == [
        alias(made, "null")
    ]


def test_a_lock_is_read_for_the_versions_of_one_package() -> None:
    assert versions.locked(LOCK, "My_Package") == {Version("1.2")}
    assert versions.locked(LOCK, "other") == {Version("3")}
    assert versions.locked(LOCK, "absent") == set()
    both = "a==1 ; python_full_version < '3.12' \\\n    --hash=sha256:0\na==2 ; os_name == 'nt'\n"
    assert versions.locked(both, "a") == {Version("1"), Version("2")}


def test_the_locked_versions_of_our_adapters_are_read(tmp_path: Path) -> None:
    for framework in discover(Home(tmp_path)).values():
        found = versions.locked(framework.own_lock.read_text(), framework.entry.package)
        assert len(found) == (0 if framework.entry.package == "python" else 1)


def test_a_marker_and_other_lines_stay() -> None:
    text = "# top\n-c more.txt\nA.b >=1,<2 ; os_name == 'posix'\nab==1\n"
    assert versions.pinned(text, "a-b", "3") == (
        '# top\n-c more.txt\nA.b==3; os_name == "posix"\nab==1\n'
    )


def test_a_package_missing_from_the_requirements_is_added() -> None:
    assert versions.pinned("ab==1", "a", "3") == "ab==1\na==3\n"


names = st.from_regex(r"[a-z]([a-z0-9]|[-_.][a-z0-9]){0,6}", fullmatch=True)


@given(st.dictionaries(names, st.sampled_from(["", "==1", ">=2,<3", "~=1.4"])), names)
def test_the_requested_version_is_pinned_and_the_rest_stays(
    asked: dict[str, str], package: str
) -> None:
    text = "".join(f"{name}{bound}\n" for name, bound in asked.items())
    lines = versions.pinned(text, package, "9.9").splitlines()
    rest = [line for line in lines if str(Requirement(line).specifier) != "==9.9"]
    assert len(rest) < len(lines)
    assert set(rest) <= set(text.splitlines())
    assert versions.locked("\n".join(lines), package) == {Version("9.9")}


releases = st.builds(lambda a, b: Version(f"{a}.{b}"), st.integers(0, 9), st.integers(0, 9))


@given(st.none() | releases, st.lists(releases, unique=True))
def test_the_nearest_are_neighbours_in_order(version: Version | None, there: list[Version]) -> None:
    found = versions.nearest(version, there)
    ordered = sorted(there)
    assert len(found) == min(4, len(there))
    assert not found or ordered[ordered.index(found[0]) :][: len(found)] == found
    if version is None:
        assert found == ordered[-4:]
    elif there:
        below = [each for each in ordered if each < version]
        above = [each for each in ordered if each >= version]
        assert not below or below[-1] in found
        assert not above or above[0] in found


def pip(monkeypatch: pytest.MonkeyPatch, stdout: str, stderr: str = "", code: int = 0) -> None:
    monkeypatch.setattr(
        versions.subprocess,  # type: ignore[attr-defined]
        "run",
        lambda command, **_: subprocess.CompletedProcess(command, code, stdout, stderr),
    )


def test_versions_are_read_from_pips_output(monkeypatch: pytest.MonkeyPatch) -> None:
    pip(monkeypatch, "mine (2.0)\nAvailable versions: 2.0, 1.0rc1\n  INSTALLED: 2.0\n")
    assert versions.existing("mine", prereleases=True) == [Version("2.0"), Version("1.0rc1")]


@pytest.mark.parametrize(("stdout", "code"), [("", 1), ("", 0), ("Available versions: 1", 23)])
def test_a_failure_of_pip_is_reported_with_its_message(
    monkeypatch: pytest.MonkeyPatch, stdout: str, code: int
) -> None:
    pip(monkeypatch, stdout, "ERROR: No module named pip", code)
    with pytest.raises(EnvError, match="No module named pip"):
        versions.existing("mine", prereleases=False)


def test_locks_of_an_adapter_without_versions_are_ignored(home: Home) -> None:
    home.locks.mkdir(parents=True)
    (home.locks / "plain@3.11-0123456789ab.lock").touch()
    assert versions.locked_versions(home, discover(home)) == []


def test_the_place_of_a_lock_needs_the_adapters_requirements(home: Home) -> None:
    found: Catalog = discover(home)
    (found["mine"].folder / "requirements.in").unlink()
    with pytest.raises(EnvError, match=r"requirements\.in is missing"):
        versions.place(home, of_version(found["mine"], "1.1"))
