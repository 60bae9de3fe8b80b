"""``harness export``: what it asks of the environments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.commands import export
from harness.errors import EnvError
from harness.frameworks.catalog import Framework
from harness.home import Home


def test_the_requirements_file_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.txt").write_text("humanize\n")
    monkeypatch.chdir(tmp_path)
    asked: list[Path | None] = []

    def refused(_: Home, needed: Sequence[Framework], extra: Path | None) -> dict[str, EnvError]:
        asked.append(extra)
        return {needed[0].name: EnvError("no environment is made in this test")}

    monkeypatch.setattr(export, "environments_of", refused)
    with pytest.raises(EnvError, match="no environment is made"):
        export.export("plain", "chain", [], Path("mine.txt"), tmp_path / "out")
    assert asked == [tmp_path / "mine.txt"]
