"""A document as two files: one to paste from, and one for whoever doubts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.report.document import Document, Link
from harness.report.markdown.escaped import text
from harness.report.markdown.parts import Writer

MAIN, DETAILS = "report.md", "report-details.md"


class _Split(Writer):
    """Keeps the text short: addresses are listed at the end, asides go to another file."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}  #: by address
        self.asides: list[str] = []

    def link(self, to: Link) -> str:
        """By the key of its address: the same trials stand beside many figures."""
        key = self._keys.setdefault(to.href, f"r{len(self._keys) + 1}")
        return f"[{text(to.text)}][{key}]"

    def aside(self, title: str, body: str) -> str:
        """A link to where it stands."""
        name = f"d{len(self.asides) + 1}"
        self.asides.append(f'<a id="{name}"></a>\n\n## {text(title)}\n\n{body}')
        return self.link(Link(title, f"{DETAILS}#{name}"))

    def listed(self, blocks: Sequence[str]) -> str:
        """These blocks, and the addresses of which they give keys."""
        whole = "\n\n".join(blocks)
        used = [f"[{key}]: {to}" for to, key in self._keys.items() if f"][{key}]" in whole]
        return "\n".join([whole, "", *used]).rstrip() + "\n"


def render(document: Document) -> Mapping[str, str]:
    """The whole report, by file name. What came from outside is text there, whatever it holds."""
    writer = _Split()
    main = list(_blocks(document, writer))
    heading = f"# {text(document.title)}: details\n\nWhat stands behind [the report]({MAIN})."
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
    yield f"Made by orchestration harness {text(document.harness)} of {sources}."
