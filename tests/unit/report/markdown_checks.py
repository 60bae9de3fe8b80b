"""Checks of a report's Markdown."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

OURS = re.compile(r'(<a id="[a-z0-9]+">|</a>|<a id="[a-z0-9]+"></a>)\s*')


def harmless(said: str) -> None:
    """Assert that the Markdown has no markup but that of the report itself."""
    tags = set()
    for token in MarkdownIt("commonmark").enable("table").parse(said):
        assert token.type != "html_block" or OURS.fullmatch(token.content), token.content
        for inner in token.children or ():
            if inner.type == "html_inline":
                assert OURS.fullmatch(inner.content), inner.content
            for key in ("href", "src"):
                tags.add(str(inner.attrs.get(key, "")))
    strange = [each for each in tags if re.match(r"(?!https://)[a-z]+:", each) or "evil" in each]
    assert strange == []
    assert [each for each in tags if each.startswith(("/", "../.."))] == []
