"""Hostile runs: foreign text is never markup, a path out of the run, or a crash."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from harness.cli import cli
from harness.errors import HarnessError, UsageError
from harness.home import Home, package_folder
from harness.report import markdown
from harness.report.addresses import address
from harness.report.build import document
from harness.report.gather import links
from harness.report.terminal import document as terminal_document
from tests.unit.report.made_report import material
from tests.unit.report.markdown_checks import harmless

SCHEMA = json.loads((package_folder("harness") / "report" / "schema.json").read_bytes())
SCRIPT = "<script>alert(1)</script>"
HOSTILE = [
    SCRIPT,
    f"](javascript:alert(1)) ![x](https://evil.test/x.png) {SCRIPT}",
    "| a | b |\n|---|---|\n# h\n```\n</details>",
    "javascript:alert(1)",
    "../../../../etc/passwd",
    "/etc/passwd",
    "\x1b[2J\u202e\0",
    "[bold red]x[/] $1$ @everyone",
    "x" * 5000,
    "",
    None,
    True,
    0,
    -1,
    1e308,
    -1e308,
    2**62,
    -(2**62),
    10**400,
    [],
    {},
    [[[[]]]],
    {"a": {"b": SCRIPT}},
]
Path_ = tuple[str | int, ...]


def places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield the path of every value that can be changed."""
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value[:3]):
            yield from places(each, (*path, number))


def changed(whole: Any, path: Path_, value: Any, gone: bool) -> Any:
    """Return a copy with another value at ``path``, or without it."""
    copy = msgspec.json.decode(msgspec.json.encode(whole))
    if not path:
        return value
    inside = copy
    for key in path[:-1]:
        inside = inside[key]
    if gone:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return copy


def damage(home: Home, data: st.DataObject) -> None:
    """Change one value of the run."""
    file, good = home.results / "r" / "run.json", home.results / "good.json"
    if not good.exists():
        shutil.copy(file, good)
    whole = json.loads(good.read_bytes())
    path = data.draw(st.sampled_from(list(places(whole))))
    value = data.draw(st.sampled_from(HOSTILE))
    gone = data.draw(st.booleans())
    file.write_text(json.dumps(changed(whole, path, value, gone)))


def check(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Assert that the run is refused with a message, or that its report is harmless."""
    refused, found = "", None
    try:
        found = document(material(home))
    except UsageError as error:
        refused = str(error)
    if found is None:
        assert "run.json" in refused
        return
    for said in markdown.render(found).values():
        harmless(said)
    jsonschema.validate(msgspec.json.decode(msgspec.json.encode(found)), SCHEMA)
    terminal_document.print_document(found)
    assert "\x1b" not in capsys.readouterr().out


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_change_of_a_run_is_refused_or_harmless(
    home: Home, capsys: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    damage(home, data)
    check(home, capsys)


COMMANDS = [
    ["matrix"],
    ["matrix", "--explain", "fast"],
    ["show", "r"],
    ["show", "r", "--json"],
    ["show", "r", "fast-inprocess-p2-chain-steps4"],
    ["compare", "r", "r"],
]


def asked(home: Home, command: list[str]) -> None:
    """Run a command; it may refuse the run with a message, but bugs raise."""
    shutil.rmtree(home.cache, ignore_errors=True)
    said = ""
    with contextlib.suppress(HarnessError):
        said = (
            CliRunner().invoke(cli, command, catch_exceptions=False, standalone_mode=False).output
        )
    assert "\x1b" not in said


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_command_survives_or_refuses_any_change(home: Home, data: st.DataObject) -> None:
    damage(home, data)
    asked(home, data.draw(st.sampled_from(COMMANDS)))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_workload_without_its_varied_parameter_is_survived(
    home: Home, command: list[str]
) -> None:
    file = home.results / "r" / "run.json"
    CliRunner().invoke(cli, command, catch_exceptions=False, standalone_mode=False)
    whole = json.loads(file.read_bytes())
    for spec in whole["plan"]["workloads"].values():
        spec["parameters"].pop("seconds", None)
        spec["parameters"].pop("steps", None)
    file.write_text(json.dumps(whole))
    asked(home, command)
    for cell in whole["plan"]["cells"]:
        cell["framework"] = "@"
    file.write_text(json.dumps(whole))
    asked(home, command)


@pytest.mark.parametrize(
    "path",
    [
        ("plan", "experiments", 0, "about"),
        ("plan", "experiments", 0, "name"),
        ("host", "processor"),
        ("probes", 0, "said"),
        ("probes", 2, "link"),
        ("probes", 0, "framework"),
        ("commit",),
        ("created",),
    ],
)
def test_hostile_texts_are_shown_as_text(
    home: Home, capsys: pytest.CaptureFixture[str], path: Path_
) -> None:
    file = home.results / "r" / "run.json"
    value = "\n".join(map(str, HOSTILE[:4]))
    file.write_text(json.dumps(changed(json.loads(file.read_bytes()), path, value, False)))
    document(material(home))  # the run is still valid
    check(home, capsys)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"schema": NaN}', b'{"schema": 2}', b"[" * 100_000, b"\xff\0"],
)
def test_an_invalid_run_file_is_refused(home: Home, content: bytes) -> None:
    (home.results / "r" / "run.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"run\.json"):
        material(home)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("trials", 0, "id"), "../../../secret"),
        (("trials", 0, "repetitions", 0, "run_id"), "/etc"),
        (("probes", 0, "trial"), ".."),
        (("probes", 0, "probe"), "a/../../../b"),
        (("id",), "../r"),
        (("plan", "cells", 0, "id"), "/tmp/fast"),
        (("plan", "cells", 0, "id"), "../../fast"),
    ],
)
def test_a_path_that_climbs_out_is_refused(home: Home, path: Path_, value: str) -> None:
    file = home.results / "r" / "run.json"
    file.write_text(json.dumps(changed(json.loads(file.read_bytes()), path, value, False)))
    with pytest.raises(UsageError, match="cannot be the name of a file or folder"):
        material(home)


def test_a_link_on_the_disk_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "run" / "way").symlink_to(tmp_path / "secret")
    assert links.file("x", tmp_path / "run", "way", tmp_path) is None
    assert links.file("x", tmp_path / "run", "../secret", tmp_path) is None
    assert links.file("x", tmp_path, "secret", tmp_path) is not None


@given(st.text())
@example("javascript:alert(1)")
@example("https://e.test/)[x](javascript:1)")
@example('https://e.test/"><script>')
def test_an_address_is_valid_or_none(text: str) -> None:
    found = address("x", text)
    assert found is None or re.fullmatch(r"https?://[^\s()<>\"'`|\\]+", found.href)


@given(st.text() | st.sampled_from([each for each in HOSTILE if isinstance(each, str)]))
@example("1. list")
@example("- list")
@example("# heading")
@example("> quote")
@example("    code")
@example("<!-- x")
@example("***")
def test_any_text_is_one_plain_paragraph(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown.paragraph(text))
    assert [each.type for each in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"])
    for inner in (child for token in tokens for child in token.children or ()):
        assert inner.type == "text", inner
