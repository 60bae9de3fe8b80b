"""The pages of docs/ name only what exists, and the generated ones say all that the code has."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomllib

from docs.generate import keys
from docs.generate.fields import comments_in, keys_of, struct_of, structs_in
from docs.generate.markdown import docstring, prose, table
from docs.generate.pages import REFERENCE, pages
from harness import model
from harness.cli import cli
from harness.facts import facts_file
from harness.frameworks import adapter_file, catalog
from harness.home import Home
from harness.matrix import criteria
from harness.planning import profile
from harness.probes import registry
from harness.probing import declared
from harness.report.tables.glossary import MEANINGS as HEADINGS
from tests.frameworks.markdown_blocks import blocks
from tests.paths import ROOT
from workloads.registered import REGISTERED

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
NAMES = [str(path.relative_to(DOCS)) for path in PAGES]

_FENCE = re.compile(r"```.*?```", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:workloads|adapters|harness|tests|docs|results)/[\w./-]*)`")
#: Folders of runs and adapters that a reader makes, and that no checkout has.
_MADE = re.compile(r"^results/(?:latest|setups|reports|DIR)\b|^adapters/dask\b|^results/$")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """The generated pages as the code of today has them."""
    return pages()


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_to_a_page(name: str) -> None:
    text = _FENCE.sub("", (DOCS / name).read_text(encoding="utf-8"))
    targets = [link.partition("#")[0] for link in _LINK.findall(text) if "://" not in link]
    missing = [each for each in targets if each and not ((DOCS / name).parent / each).is_file()]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_every_path_that_a_page_names_exists(name: str) -> None:
    text = _FENCE.sub("", (DOCS / name).read_text(encoding="utf-8"))
    named = [each for each in _PATH.findall(text) if not _MADE.match(each)]
    assert [each for each in named if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_that_a_page_names_exists(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for command, rest in re.findall(r"(?:^|`|/)harness ([a-z]+)\b([^`\n]*)", text, re.MULTILINE):
        assert command in cli.commands, f"harness {command}"
        known = {name for each in cli.commands[command].params for name in each.opts}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= {*known, "--help"}, command


def test_every_make_target_that_a_page_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w./-]+):", makefile, re.MULTILINE))
    texts = [path.read_text(encoding="utf-8") for path in PAGES]
    wanted = re.compile(r"(?:^|`|run: )make ([\w./-]+)", re.MULTILINE)
    named = {each for text in texts for each in wanted.findall(text)}
    assert "install" in named
    assert named <= targets


@pytest.mark.parametrize("name", NAMES)
def test_every_block_is_executed_or_written_or_says_why_not(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    found = blocks(text)
    assert len(found) * 2 == len(re.findall(r"^```", text, re.MULTILINE))
    unmarked = [each for each in found if not (each.executed or each.file or each.reason)]
    assert unmarked == []


def test_the_menu_lists_every_page_once() -> None:
    # Not parsed as YAML: the harness and its tests do without a reader of it.
    listed = re.findall(r"^\s+- .*?([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.M)
    assert sorted(listed) == NAMES


def test_the_wheel_carries_every_page() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = [each for several in _data_files(project).values() for each in several]
    carried = {path for pattern in patterns for path in ROOT.glob(pattern)}
    assert set(PAGES) <= carried


def _data_files(project: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = project["tool"]["setuptools"]["data-files"]
    assert {Path(where).parts[:3] for where in found} == {("share", "doc", "orchestration-harness")}
    return found


def test_generated_pages_are_the_same_in_every_process(made: dict[str, str]) -> None:
    again = "import json; from docs.generate.pages import pages; print(json.dumps(pages()))"
    done = subprocess.run(
        [sys.executable, "-c", again], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert json.loads(done.stdout) == made


def test_generated_pages_are_current(made: dict[str, str]) -> None:
    old = [n for n, text in made.items() if (REFERENCE / n).read_text(encoding="utf-8") != text]
    assert old == [], "run: make docs"


def test_every_command_and_option_is_in_the_reference(made: dict[str, str]) -> None:
    for name, command in cli.commands.items():
        section = _section(made["commands.md"], f"## harness {name}")
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("-"):
                    assert option in section, f"{name} {option}"


def test_every_probe_is_in_the_reference(made: dict[str, str]) -> None:
    for name, probe in registry.every().items():
        section = _section(made["probes.md"], f"### {name}")
        assert probe.asks in section
        assert all(key in section for key in probe.settings)


def test_every_indicator_is_in_the_reference(made: dict[str, str]) -> None:
    asked = criteria.read()
    for name in (*asked.criteria, *asked.indicators()):
        assert f"`{name}`" in made["criteria.md"]


def test_every_heading_outcome_and_workload_is_in_the_reference(made: dict[str, str]) -> None:
    for heading in (*HEADINGS, *(each.value for each in model.Outcome)):
        assert f"`{heading}`" in made["columns.md"]
    for name in REGISTERED:
        assert f"\n## {name}\n" in made["workloads.md"]
    for name in profile.names():
        for experiment in profile.find(name).experiments:
            assert f"`{experiment}`" in _section(made["profiles.md"], f"## {name}")


def test_every_mode_and_setting_is_in_the_reference(made: dict[str, str]) -> None:
    shipped = catalog.discover(Home(ROOT / "docs"))
    files = {
        n: adapter_file.read_adapter_file(f.folder / "adapter.toml") for n, f in shipped.items()
    }
    for name, file in files.items():
        if not file.control:
            section = _section(made["modes.md"], f"## {name}")
            for mode, each in file.modes.items():
                assert f"`{mode}`" in section
                assert all(f"`{setting.shown}`" in section for setting in each.settings)


FILES = {
    "adapter-toml.md": (adapter_file, ("title", "modes")),
    "probes-toml.md": (declared, ("hooks", "refused")),
    "facts-toml.md": (facts_file, ("stars", "integrations")),
    "profile-toml.md": (profile, ("trials", "experiments")),
    "run-json.md": (model, ("schema", "plan", "trials")),
}


@pytest.mark.parametrize("name", FILES)
def test_every_key_of_a_file_is_in_its_reference(made: dict[str, str], name: str) -> None:
    module, some = FILES[name]
    for struct in structs_in(struct_of(module, *some)):
        missing = [key for key in keys_of(struct) if f"| `{key}` |" not in made[name]]
        assert missing == [], struct


@pytest.mark.parametrize(
    ("page", "file", "module", "some"),
    [("own-adapter.md", "every-key/example/adapter.toml", adapter_file, ("title", "modes"))],
)
def test_the_guide_shows_every_key(page: str, file: str, module: Any, some: tuple[str]) -> None:
    text = (DOCS / "how-to" / page).read_text(encoding="utf-8")
    (shown,) = (each.text for each in blocks(text) if each.file == file)
    written = set(_keys(tomllib.loads(shown)))
    wanted = {key for each in structs_in(struct_of(module, *some)) for key in keys_of(each)}
    assert wanted - written == set()
    assert "like" in written


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _section(page: str, heading: str) -> str:
    """Return the text below a heading, up to the next one of its level or above."""
    level = heading.partition(" ")[0]
    _, found, rest = f"\n{page}".partition(f"\n{heading}\n")
    assert found, f"no heading {heading!r}"
    return re.split(rf"\n#{{1,{len(level)}}} ", rest)[0]


def test_meanings_of_keys_that_are_gone_are_noticed() -> None:
    structs = {
        "adapter.mode": struct_of(adapter_file, "durable", "parallel"),
        "adapter.setting": struct_of(adapter_file, "name", "reason", "value"),
        "facts.fact": struct_of(facts_file, "read", "source"),
        "profile.experiment": struct_of(profile, "estimates", "points"),
    }
    for where, struct in structs.items():
        meanings: Any = keys.MEANINGS
        for part in where.split("."):
            meanings = meanings[part]
        assert set(meanings) <= set(keys_of(struct)), where


def test_text_for_sphinx_becomes_markdown() -> None:
    assert prose("Raise :class:`~harness.errors.UsageError` for ``a<b`` <c>") == (
        "Raise `harness.errors.UsageError` for `a<b` &lt;c>"
    )
    fenced = docstring("Like this::\n\n    x=1\n\n    y = 2\n\nEnd.")
    assert fenced == (
        "Like this:\n\n<!-- not executed: an outline -->\n```python\nx = 1\n\ny = 2\n```\n\nEnd."
    )


def test_a_cell_of_a_table_keeps_to_its_cell() -> None:
    assert table(("a",), [("x | y\nz",)]).splitlines()[-1] == r"| x \| y z |"


def test_comments_before_and_behind_a_field_are_found() -> None:
    source = "class A:\n    #: One\n    #: two.\n    a: int\n    b: int  #: Three.\n    c: int\n"
    assert comments_in(source) == {"a": "One two.", "b": "Three."}
