"""Quality of the page: accessibility, layout, links, size, speed."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from harness.report import html
from tests.browser import made_document as made
from tests.browser.opened import Opened

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 780}
MOST_BYTES = 5_000_000
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter(each =>
  each.getBoundingClientRect().right > innerWidth + 1
  && !each.closest(".scroll, pre, .unseen")).map(each => each.outerHTML.slice(0, 80))"""

CUT_OFF = """() => [...document.querySelectorAll("svg text")].filter(each => {
  const text = each.getBoundingClientRect();
  const box = each.closest("svg").getBoundingClientRect();
  return text.width && (text.left < box.left - 1 || text.right > box.right + 1
    || text.top < box.top - 1 || text.bottom > box.bottom + 1);
}).map(each => each.textContent)"""


def axe(page: Page) -> list[str]:
    """Return the violations that axe-core finds, best practices included."""
    found = Axe().run(page)
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, report: Path) -> Path:
    """Write the site below the report's folder."""
    folder = report.parent / "site"
    folder.mkdir()
    for name, text in html.site(made.document()).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small site with all kinds of markup, because axe checks every letter."""
    folder = tmp_path_factory.mktemp("few")
    for name, text in html.site(made.document(made.TREES[-1:]), base=".").items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [("index.html", "light", 1366), ("index.html", "dark", 360), ("elm.html", "light", 360)],
)
def test_axe_finds_no_violation(
    browser: Browser, few: Path, name: str, scheme: str, width: int
) -> None:
    viewport = {"width": width, "height": 900}
    opened = Opened(browser, few / name, color_scheme=scheme, viewport=viewport)
    opened.page.set_default_timeout(0)
    unfold(opened.page)
    assert axe(opened.page) == []
    opened.check()
    opened.context.close()


def test_chart_texts_are_not_cut_off(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report)
    unfold(opened.page)
    assert opened.page.evaluate("document.querySelectorAll('svg text').length") > 50
    assert opened.page.evaluate(CUT_OFF) == []
    opened.context.close()


@pytest.mark.parametrize("folded", [True, False])
def test_a_phone_scrolls_only_vertically(browser: Browser, report: Path, folded: bool) -> None:
    opened = Opened(browser, report, viewport=PHONE, has_touch=True, is_mobile=True)
    if not folded:
        unfold(opened.page)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 360
    assert opened.page.evaluate(TOO_WIDE) == []
    opened.context.close()


@pytest.mark.parametrize("width", [360, 1366])
def test_numbers_are_aligned_with_their_headings(
    browser: Browser, report: Path, width: int
) -> None:
    opened = Opened(browser, report, viewport={"width": width, "height": 900})
    ends = """row => [...row.cells].filter(each => each.offsetWidth)
        .map(each => Math.round(each.getBoundingClientRect().right))"""
    head = opened.page.locator(".standings thead tr").evaluate(ends)
    body = opened.page.locator(".standings tbody tr:not([hidden])").first.evaluate(ends)
    assert head == body
    opened.context.close()


def test_every_link_has_a_target(browser: Browser, report: Path, site: Path) -> None:
    for path in (report, *sorted(site.glob("*.html"))):
        opened = Opened(browser, path)
        links = opened.page.eval_on_selector_all("a[href]", "all => all.map(each => each.href)")
        assert len(links) > 5
        for link in links:
            parts = urlsplit(link)
            target = Path(unquote(parts.path))
            assert parts.scheme == "file"
            assert target.exists(), link
            if parts.fragment and target == path:
                assert opened.page.locator(f"[id='{parts.fragment}']").count() == 1
        opened.check()
        opened.context.close()


def test_ids_are_unique_and_pages_small(browser: Browser, report: Path, site: Path) -> None:
    for path in (report, site / "elm.html"):
        assert path.stat().st_size < MOST_BYTES
        ids = re.findall(r'\sid="([^"]*)"', path.read_text(encoding="utf-8"))
        assert sorted(set(ids)) == sorted(ids)


def test_the_site_has_a_page_for_each_framework_that_names_no_other(
    browser: Browser, site: Path
) -> None:
    names = sorted(each.name for each in site.glob("*.html"))
    assert names == sorted(["index.html", "plain.html", *(f"{each}.html" for each in made.TREES)])
    opened = Opened(browser, site / "elm.html")
    main = opened.page.locator("main").text_content() or ""
    assert "elm" in main
    assert "alder" not in main.replace(made.EVIDENCE.href, "").replace("01-alder", "")
    assert opened.page.locator("main svg").count() >= 5
    opened.context.close()


def test_the_page_prints_with_the_chosen_weights(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report)
    opened.page.locator("[data-slider]").first.fill("77")
    assert opened.page.pdf(format="A4").startswith(b"%PDF")
    opened.page.emulate_media(media="print")
    assert opened.page.locator(".weight output").first.inner_text() == "77"
    assert opened.page.locator(".weight output").first.is_visible()
    assert not opened.page.locator("[data-slider]").first.is_visible()
    assert not opened.page.locator("nav.contents").is_visible()
    assert opened.page.locator("[data-standings] tr").first.is_visible()
    opened.context.close()


def test_the_page_works_with_the_keyboard_alone(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-slider]')"):
            break
    before = page.locator(".weight output").first.inner_text()
    points = page.locator("[data-cell=points]").all_inner_texts()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    after = page.locator(".weight output").first.inner_text()
    assert float(after) == float(before) + 20
    assert page.locator("[data-cell=points]").all_inner_texts() != points
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'")


def test_the_page_is_readable_without_scripts(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, java_script_enabled=False)
    first = made.matrix().answer.standings[0].framework
    assert opened.page.locator("[data-standings] th").first.inner_text() == first
    assert not opened.page.locator("form").is_visible()
    assert opened.page.locator("svg").first.is_visible()
    opened.context.close()


def test_the_page_is_ready_within_a_second(browser: Browser, report: Path) -> None:
    taken = []
    for _ in range(3):
        opened = Opened(browser, report)
        taken.append(
            opened.page.evaluate("performance.getEntriesByType('navigation')[0].domComplete")
        )
        assert opened.page.locator("form").is_visible()
        opened.context.close()
    assert min(taken) < 1000


def test_a_long_list_of_runs_is_folded(browser: Browser, tmp_path: Path) -> None:
    (one,) = made.document().sources
    runs = [
        msgspec.structs.replace(one, run=f"run-{day}", created=f"2030-01-0{day}T00:00:00+00:00")
        for day in (4, 2, 3)
    ]
    cut = msgspec.structs.replace(one, run="run-1", status="interrupted")
    document = msgspec.structs.replace(made.document(), sources=(*runs, cut))
    path = tmp_path / "report.html"
    path.write_text(html.render(document), encoding="utf-8")
    opened = Opened(browser, path)
    assert not opened.page.get_by_text("2030-01-03 00:00").is_visible()
    opened.page.get_by_text("4 runs, 2030-01-01 to 2030-01-04, 1 not complete").click()
    assert opened.page.get_by_text("2030-01-03 00:00").is_visible()
    opened.check()
    opened.context.close()


def test_reduced_motion_disables_transitions(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, reduced_motion="reduce")
    moving = "getComputedStyle(document.querySelector('.bar i')).transitionDuration"
    assert opened.page.evaluate(moving) == "0s"
    opened.context.close()
