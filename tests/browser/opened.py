"""Pages opened in a browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page


class Opened:
    """An open page, with its console messages and requests."""

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
        """Assert that the page logged nothing and requested nothing but itself."""
        assert self.said == []
        assert [url for url in self.asked if not url.startswith(("file:", "data:"))] == []
        assert len([url for url in self.asked if url.startswith("file:")]) == 1
