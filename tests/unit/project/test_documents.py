"""What README and CONTRIBUTING name is there."""

from __future__ import annotations

import re

import pytest
import tomllib

from harness.cli import cli
from harness.frameworks.catalog import discover
from harness.home import Home
from tests.paths import ROOT


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_path_that_a_document_names_exists(document: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / document).read_text(), flags=re.DOTALL)
    named = re.findall(r"`((?:workloads|adapters|harness|tests)/[\w./-]*)`", text)
    linked = re.findall(r"\]\(([\w./-]+)", text)
    assert linked
    assert [name for name in (*named, *linked) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_command_that_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    found = re.findall(r"`harness ([a-z]+)|^harness ([a-z]+)", text, re.MULTILINE)
    commands = {name for pair in found for name in pair if name}
    assert commands
    assert commands <= set(cli.commands)


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        named = re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", (ROOT / document).read_text(), re.M)
        assert {name for pair in named for name in pair if name} <= targets


def test_contributing_tells_all_that_an_adapter_consists_of() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for path in (ROOT / "adapters" / "plain").glob("[ar]*.*"):
        assert path.name in text, f"CONTRIBUTING does not mention {path.name}"


def test_each_adapter_is_an_extra_fed_by_its_own_requirements() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["tool"]["setuptools"]["dynamic"]["optional-dependencies"]
    for name, framework in discover(Home(ROOT)).items():
        if framework.entry.control:
            assert name not in extras, "it proves the harness; there is nothing to install"
            continue
        if framework.entry.departs:
            assert name not in extras, "pip could not install it; its lock can be installed"
            continue
        files = extras[name]["file"]
        assert "workloads/requirements.in" in files
        assert name == "plain" or f"adapters/{name}/requirements.in" in files
        assert framework.lock.exists()
