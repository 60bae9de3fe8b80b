"""Fixtures: a browser, a report, and a page that must not fetch anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from harness.report import html
from tests.browser import made_document
from tests.browser.opened import Opened

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium, which tests/services installs."""
    with sync_playwright() as playwright:
        # Without the sandbox, which root in a container cannot have; all pages are our own.
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the made-up report, with the file that its figures link to."""
    folder = tmp_path_factory.mktemp("run")
    evidence = folder / made_document.EVIDENCE.href
    evidence.parent.mkdir(parents=True)
    evidence.touch()
    (folder / "run.json").touch()
    (folder / "report.html").write_text(html.render(made_document.document()), encoding="utf-8")
    return folder / "report.html"


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Opened]:
    """Open the report on a desktop screen; at the end, check its messages and requests."""
    found = Opened(browser, report, viewport={"width": 1366, "height": 900})
    yield found
    found.check()
    found.context.close()
