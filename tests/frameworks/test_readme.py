"""Commands and files of the README, executed and written as they stand there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frameworks.markdown_blocks import blocks, checkout, follow
from tests.paths import ROOT

pytestmark = pytest.mark.framework


def test_readme_blocks_work_as_written(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line for line in text.splitlines() if line == "```sh"]
    assert commands
    assert len(follow(blocks(text), checkout(tmp_path))) == len(commands)
