"""Markdown report in two files: the main part, and the details behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.report.document import Document, Link
from harness.report.markdown.escaped import text
from harness.report.markdown.parts import Writer

MAIN, DETAILS = "report.md", "report-details.md"


class _Split(Writer):
    """Writer of a short text: addresses are listed at the end, asides go to another file."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}  #: key of each address
        self.asides: list[str] = []

    def link(self, to: Link) -> str:
        """Return a link by the key of its address, because many figures link to the same trials."""
        key = self._keys.setdefault(to.href, f"r{len(self._keys) + 1}")
        return f"[{text(to.text)}][{key}]"

    def aside(self, title: str, body: str) -> str:
        """Add the aside to the details; return a link to it."""
        name = f"d{len(self.asides) + 1}"
        self.asides.append(f'<a id="{name}"></a>\n\n## {text(title)}\n\n{body}')
        return self.link(Link(title, f"{DETAILS}#{name}"))

    def listed(self, blocks: Sequence[str]) -> str:
        """Return the blocks, and the addresses whose keys they use."""
        whole = "\n\n".join(blocks)
        used = [f"[{key}]: {to}" for to, key in self._keys.items() if f"][{key}]" in whole]
        return "\n".join([whole, "", *used]).rstrip() + "\n"


def render(document: Document) -> Mapping[str, str]:
    """Return the report's texts by file name, with all foreign text escaped."""
    writer = _Split()
    main = list(_blocks(document, writer))
    heading = f"# {text(document.title)}: details\n\nDetails behind [the report]({MAIN})."
    return {
        MAIN: writer.listed(main),
        DETAILS: writer.listed([heading, *writer.asides]),
    }


def _blocks(document: Document, writer: Writer) -> Iterator[str]:
    yield f"# {text(document.title)}"
    yield f"**{text(document.sentence)}**"
    for warning in document.warnings:
        yield f"> **{text(warning)}**"
    chapters = (f"[{text(each.title)}](#{each.id})" for each in document.sections)
    yield " · ".join(chapters)
    for section in document.sections:
        yield from writer.section(section)
    sources = ", ".join(
        writer.link(each.link) if each.link else text(each.run) for each in document.sources
    )
    yield f"Made by orchestration harness {text(document.harness)} from {sources}."
