"""Hostile text in a page: it does not run, break the page or lead out of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from harness.report import html
from harness.report.document import Axis, Curves, Document, Dot, Interval, Intervals, Series
from harness.report.html import safe
from harness.text import escape
from tests.browser import made_document as made
from tests.browser.opened import Opened

pytestmark = pytest.mark.browser

SCRIPT = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
WORDS = (
    SCRIPT,
    "\"><svg onload=alert(3)>'",
    "{{ 7 * 7 }}{% raw %}",
    "constructor",
    "__proto__",
    "<!--<script>",
    "a\u202egnp.exe\x00\x1b[31m",
)
HUGE = (math.inf, -math.inf, math.nan, 1e308, -1e308, 5e-324, 0.0)


def tainted(value: Any, words: list[str]) -> Any:
    """Return ``value`` with hostile markup appended to every text."""
    if isinstance(value, str):
        return f"{value}{words[len(value) % len(words)]}"
    if isinstance(value, list):
        return [tainted(each, words) for each in value]
    if isinstance(value, dict):
        kept = {"kind", "id", "tone", "profiles", "criteria", "levels"}
        fixed = {"kind", "id", "tone", "scale", "better", "mode"}
        return {
            key: each
            if key in fixed or (key in kept and isinstance(each, str))
            else tainted(each, words)
            for key, each in value.items()
        }
    return value


def hostile() -> Document:
    """Return a report with hostile framework names and texts."""
    raw = msgspec.to_builtins(made.document((*WORDS, "elm")))
    for name in ("title", "sentence"):
        raw[name] = tainted(raw[name], list(WORDS))
    raw["warnings"] = list(WORDS)
    for section in raw["sections"]:
        section["title"] += SCRIPT
        section["about"] += SCRIPT
        section["parts"] = [
            each if each["kind"] == "matrix" else tainted(each, list(WORDS))
            for each in section["parts"]
        ]
    found = msgspec.convert(raw, Document)
    return msgspec.structs.replace(
        found,
        sections=(
            *found.sections,
            msgspec.structs.replace(found.sections[1], id="x", parts=numbers()),
        ),
    )


def numbers() -> tuple[Curves, Intervals]:
    """Return charts of numbers that cannot be drawn."""
    dots = tuple(Dot(x, y, y, x) for x in HUGE for y in HUGE)
    line = Series("huge", "elm", "inprocess", 1, False, dots)
    spans = tuple(Interval("huge", "elm", "inprocess", x, y, x) for x in HUGE for y in HUGE)
    axis = Axis("time", "s", log=True)
    return (
        Curves(id="huge-curves", title="Huge", alt="x", x=axis, y=axis, series=(line,)),
        Intervals(id="huge-dots", title="Huge", alt="x", axis=axis, intervals=spans),
    )


def test_hostile_text_does_not_run(browser: Browser, tmp_path: Path) -> None:
    pages = html.site(hostile())
    assert len(pages) == len(WORDS) + 3
    for name in ("index.html", "elm.html"):
        text, path = pages[name], tmp_path / name
        path.write_text(text, encoding="utf-8")
        opened = Opened(browser, path)
        opened.page.wait_for_timeout(50)
        assert opened.page.locator("img, iframe, object, embed, svg script").count() == 0
        scripts = "all => all.map(each => each.type)"
        types = opened.page.eval_on_selector_all("script", scripts)
        assert sorted(types) in (["application/json", "module"], ["module"])
        handlers = """() => [...document.querySelectorAll("*")].flatMap(each =>
            [...each.attributes].map(one => one.name)).filter(name => name.startsWith("on"))"""
        assert opened.page.evaluate(handlers) == []
        for link in opened.page.eval_on_selector_all("a", "all => all.map(each => each.href)"):
            assert link.startswith("file:")
        assert "\u202e" not in text
        assert "\x00" not in text
        opened.check()
        opened.context.close()


def test_sliders_work_with_hostile_framework_names(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html.render(hostile()), encoding="utf-8")
    opened = Opened(browser, path)
    rows = opened.page.locator("[data-standings] tr:not([hidden])")
    assert rows.count() == len(WORDS) + 1
    opened.page.locator("[data-slider]").first.fill("90")
    assert rows.count() == len(WORDS) + 1
    opened.check()
    opened.context.close()


def test_the_policy_blocks_planted_scripts_and_images(browser: Browser, tmp_path: Path) -> None:
    text = html.render(made.document())
    planted = "<img src='https://example.test/x.png'><script>document.title = 'ran'</script>"
    path = tmp_path / "planted.html"
    path.write_text(text.replace("<main", f"{planted}<main", 1), encoding="utf-8")
    opened = Opened(browser, path)
    assert opened.page.title() == made.document().title
    assert any("Content Security Policy" in each for each in opened.said)
    assert opened.got == [path.as_uri()]
    opened.context.close()


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.test/a?b=c", "https://example.test/a?b=c"),
        ("trials/01/output.log", "up/trials/01/output.log"),
        ("../other/run.json", "up/../other/run.json"),
        ("#part", "#part"),
        ("javascript:alert(1)", ""),
        (" javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.test/x", ""),
        ("/etc/passwd", ""),
        ("\\\\host\\x", ""),
        ("", ""),
        ("trials/\x00", "up/trials/%00"),
        ("a%20b/run.json", "up/a%20b/run.json"),
        ("http://[", ""),
    ],
)
def test_only_safe_addresses_are_kept(address: str, kept: str) -> None:
    assert safe.href(address, "up") == kept


@given(st.text())
def test_a_text_cannot_end_a_script_element(text: str) -> None:
    written = safe.json([text])
    assert not set(written) & set("<>&\u2028\u2029")
    assert msgspec.json.decode(written.encode()) == [escape(text)]


@given(st.text())
def test_an_address_cannot_run_code_or_leave_the_folder(text: str) -> None:
    kept = safe.href(text)
    assert ":" not in kept or kept.startswith(("http://", "https://"))
    assert not kept.startswith(("/", "\\"))
