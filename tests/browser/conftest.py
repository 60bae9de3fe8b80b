"""A browser, a page that may not ask anybody for anything, and a report to open in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from harness.report import html
from tests.browser import made_document

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium: tests/services installs it."""
    with sync_playwright() as playwright:
        # No sandbox: it cannot be had as root in a container, and what is opened is ours.
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up report, with the file that its figures link to."""
    folder = tmp_path_factory.mktemp("run")
    evidence = folder / made_document.EVIDENCE.href
    evidence.parent.mkdir(parents=True)
    evidence.touch()
    (folder / "run.json").touch()
    (folder / "report.html").write_text(html.render(made_document.document()), encoding="utf-8")
    return folder / "report.html"


class Opened:
    """A page, and all that it said and asked for."""

    def __init__(self, browser: Browser, path: Path, **context: object) -> None:
        self.context = browser.new_context(**context)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.got: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(f"dialog: {dialog.message}"))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("requestfinished", lambda request: self.got.append(request.url))
        self.page.goto(path.as_uri())

    def check(self) -> None:
        """Nothing was said, and nothing asked for but the page itself."""
        assert self.said == []
        assert [url for url in self.asked if not url.startswith(("file:", "data:"))] == []
        assert len([url for url in self.asked if url.startswith("file:")]) == 1


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Opened]:
    """The report, opened on a desk; at the end it must not have complained."""
    found = Opened(browser, report, viewport={"width": 1366, "height": 900})
    yield found
    found.check()
    found.context.close()
