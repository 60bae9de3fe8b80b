"""The documentation site builds strictly, and the commands on its pages work as written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.frameworks.uv import uv_path
from tests.frameworks.markdown_blocks import blocks, checkout, follow
from tests.paths import ROOT

pytestmark = pytest.mark.framework

DOCS = ROOT / "docs"
_CONTINUES = re.compile(r"^<!-- continues: (\S+) -->$", re.MULTILINE)
_IN_WHEEL = "<!-- runs in: an empty folder, with the wheel installed -->"
_SHARED = "share/doc/orchestration-harness"


def _chains() -> dict[str, list[Path]]:
    """Return the pages with commands, each followed by those that continue it, by its name."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
    followers: dict[Path, list[Path]] = {}
    for path, text in texts.items():
        if found := _CONTINUES.search(text):
            followers.setdefault((path.parent / found[1]).resolve(), []).append(path)
    late = {each for several in followers.values() for each in several}
    first = [p for p, text in texts.items() if p not in late and _has_commands(text)]
    return {str(p.relative_to(DOCS)): [p, *followers.get(p, [])] for p in first}


def _has_commands(text: str) -> bool:
    return any(each.executed for each in blocks(text))


CHAINS = _chains()
# Pages of which a newcomer's first steps consist; the others take ten minutes more.
_FIRST = ("tutorial/first-decision.md", "how-to/own-adapter.md", "how-to/own-workload.md")
_PAGES = [
    name if name in _FIRST else pytest.param(name, marks=pytest.mark.thorough) for name in CHAINS
]


def _wheel_folder(folder: Path) -> Path:
    """Make ``folder`` empty but for a virtual environment with the wheel."""
    built, venv = folder.parent / f"{folder.name}-wheel", folder / ".venv"
    commands = (
        (uv_path(), "build", "--wheel", "--quiet", "--out-dir", str(built), str(ROOT)),
        (uv_path(), "venv", "--quiet", "--python", sys.executable, str(venv)),
    )
    for command in commands:
        subprocess.run(command, cwd=folder, check=True, timeout=600)
    (wheel,) = built.glob("*.whl")
    install = (uv_path(), "pip", "install", "--quiet", "--python", str(venv / "bin" / "python"))
    subprocess.run([*install, str(wheel)], cwd=folder, check=True, timeout=600)
    return folder


def test_every_chain_has_commands_and_every_command_a_chain() -> None:
    chained = {page for pages in CHAINS.values() for page in pages}
    with_commands = {p for p in DOCS.rglob("*.md") if _has_commands(p.read_text(encoding="utf-8"))}
    assert "tutorial/first-decision.md" in CHAINS
    assert chained == with_commands


@pytest.mark.parametrize("name", _PAGES)
def test_commands_of_a_page_work_as_written(name: str, tmp_path: Path) -> None:
    texts = [page.read_text(encoding="utf-8") for page in CHAINS[name]]
    folder = (_wheel_folder if _IN_WHEEL in texts[0] else checkout)(tmp_path)
    for text in texts:
        commands = [each for each in blocks(text) if each.executed]
        assert follow(blocks(text), folder) == commands
    if _IN_WHEEL in texts[0]:
        installed = {p.relative_to(folder / ".venv" / _SHARED) for p in _pages_of(folder)}
        assert {p.relative_to(DOCS) for p in DOCS.rglob("*.md")} == installed


def _pages_of(folder: Path) -> list[Path]:
    return list((folder / ".venv" / _SHARED).rglob("*.md"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what `make docs` reads, with the environments of this checkout."""
    _make(ROOT, ".venv-docs/docs.ready")
    for name in ("docs", "harness", "workloads", "adapters"):
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True)
    for name in ("Makefile", "mkdocs.yml", "pyproject.toml"):
        shutil.copy2(ROOT / name, tmp_path / name)
    for name in (".venv", ".venv-docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def _make(folder: Path, target: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL")}
    return subprocess.run(
        ["make", target], cwd=folder, env=env, capture_output=True, text=True, timeout=600
    )


def test_the_site_builds_strictly_and_loads_nothing_from_the_network(copy: Path) -> None:
    done = _make(copy, "docs")
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list((copy / "site").rglob("*.html"))
    assert {p.relative_to(DOCS).with_suffix(".html") for p in DOCS.rglob("*.md")} <= {
        p.relative_to(copy / "site") for p in pages
    }
    loaded = re.compile(r"<(?:script|img|iframe)[^>]* src=\"https?:|<link[^>]* href=\"https?:")
    found = [p.name for p in pages if loaded.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_each_kind_of_broken_link_stops_the_build(copy: Path) -> None:
    planted = ["nowhere.md", "index.md#nowhere", "nowhere.svg", "/index.md", "how-to/"]
    links = [f"![x]({link})" if link.endswith(".svg") else f"[x]({link})" for link in planted]
    page = copy / "docs" / "index.md"
    page.write_text("\n\n".join([page.read_text(encoding="utf-8"), *links]), encoding="utf-8")
    (copy / "docs" / "outside.md").write_text("# Not in the menu\n")
    done = _make(copy, "docs")
    assert done.returncode != 0
    assert [each for each in [*planted, "outside.md"] if each not in done.stderr] == []
