"""The short answer between two marks of a user's file."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.errors import UsageError
from harness.home import Home
from harness.report import brief
from harness.report.build import document
from tests.unit.report.made_report import material
from tests.unit.report.markdown_checks import harmless


def test_only_the_text_between_the_marks_is_replaced(home: Home) -> None:
    made = document(material(home))
    once = brief.put(made, f"# Mine\n\n{brief.BEGIN}\nold\n{brief.END}\nafter <b>\n", "../out")
    head, rest = once.split(brief.BEGIN)
    body, tail = rest.split(brief.END)
    assert (head, tail) == ("# Mine\n\n", "\nafter <b>\n")
    assert "old" not in body
    assert body.count("](../out/report-figures/") == 1
    assert "[the whole report](../out/report.md)" in body
    for framework in ("fast", "slow"):
        assert f"| {framework} |" in body
    assert brief.put(made, once, "../out") == once


def test_links_lead_into_the_folder_and_nowhere_else(home: Home) -> None:
    made = document(material(home))
    body = brief.render(made, "../x)[log in](javascript:alert(1))")
    harmless(body)
    assert "[log in]" not in body
    assert "](../x%29%5Blog%20in%5D%28javascript%3Aalert%281%29%29/report.md)" in body


@pytest.mark.parametrize("text", ["", brief.BEGIN, f"{brief.END}{brief.BEGIN}"])
def test_a_text_without_marks_is_refused(home: Home, text: str) -> None:
    with pytest.raises(UsageError, match="the marks are missing"):
        brief.put(document(material(home)), text, "out")


def test_the_command_writes_the_report_that_it_links_to(home: Home) -> None:
    file = home.root / "docs" / "design.md"
    file.parent.mkdir()
    file.write_text(f"{brief.BEGIN}{brief.END}")
    asked = ["report", "r", "--output", str(home.root / "out"), "--into", str(file)]
    done = CliRunner().invoke(cli, asked, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    for name in ("report.md", "report-figures/overhead-1.svg"):
        assert f"../out/{name}" in file.read_text()
        assert (home.root / "out" / name).exists()
