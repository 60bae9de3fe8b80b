"""Report as GitHub-flavoured Markdown, with charts as files beside it."""

from __future__ import annotations

from harness.report.markdown.escaped import paragraph, text
from harness.report.markdown.pages import DETAILS, MAIN, render
from harness.report.markdown.parts import FIGURES, WIDE, Writer

__all__ = ["DETAILS", "FIGURES", "MAIN", "WIDE", "Writer", "paragraph", "render", "text"]
