"""The page about what TFX adds quotes what its script really prints."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from harness.frameworks import virtualenvs
from harness.frameworks.catalog import discover
from harness.home import Home
from tests.paths import ROOT

# Its components are Beam pipelines, and take about two minutes.
pytestmark = [pytest.mark.framework, pytest.mark.thorough]

PAGE = ROOT / "docs" / "explanation" / "tfx-adds.md"
_QUOTED = re.compile(r"```text\n(.*?)```", re.DOTALL)
_DIGITS = re.compile(r"(?<=\.\d{3})\d+")  # thousandths suffice: sums depend on Beam's order


def test_the_page_quotes_what_the_script_prints(home: Home, tmp_path: Path) -> None:
    python = virtualenvs.plan(home, discover(home)["tfx"]).folder / "bin" / "python"
    done = subprocess.run(
        [python, ROOT / "docs" / "examples" / "tfx_churn.py", tmp_path],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    quoted = "".join(_QUOTED.findall(PAGE.read_text(encoding="utf-8")))
    assert _DIGITS.sub("", done.stdout) == _DIGITS.sub("", quoted)
