"""Versions of libraries in an environment, and the tolerance where they differ from plain's."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.execution import verify
from harness.execution.job import Job
from harness.frameworks import virtualenvs
from harness.model import PlannedTrial, Timeouts
from tests.unit.made_frameworks import PLAIN


def test_versions_are_the_installed_ones(tmp_path: Path) -> None:
    for name in ("numpy-2.1.3", "scikit_learn-1.7.2"):
        folder = tmp_path / "lib" / "python3.13" / "site-packages" / f"{name}.dist-info"
        folder.mkdir(parents=True)
        version = name.partition("-")[2]
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nVersion: {version}\n")
    found = virtualenvs.libraries(tmp_path, ["numpy", "scikit-learn", "scipy"])
    assert found == {"numpy": "2.1.3", "scikit-learn": "1.7.2"}
    assert virtualenvs.libraries(tmp_path / "none", ["numpy"]) == {}


def test_numbers_may_differ_only_where_libraries_do(tmp_path: Path) -> None:
    planned = PlannedTrial("a", 1, "plain", "inprocess", 1, [])
    same = Job(planned, PLAIN, [], Timeouts(), tmp_path, tmp_path, [])
    assert same.tolerance == 0
    assert msgspec.structs.replace(same, others="numpy 2").tolerance == verify.ROUNDING
