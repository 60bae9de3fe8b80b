"""What the README tells a user to type and to write, done as written."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.paths import ROOT

pytestmark = pytest.mark.framework

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_readme_blocks_work_as_written(tmp_path: Path) -> None:
    # The environments and the command are the checkout's; everything else is new.
    for name in (".harness", ".venv"):
        (tmp_path / name).symlink_to(ROOT / name)
    env = {key: value for key, value in os.environ.items() if not key.startswith("HARNESS_")}
    ran = 0
    for language, text in _BLOCK.findall((ROOT / "README.md").read_text()):
        if language == "sh":
            script = f"set -euo pipefail\n. .venv/bin/activate\n{text}"
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=tmp_path,
                env=env,
                capture_output=True,
                text=True,
                timeout=900,
                check=False,
            )
            assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
            ran += 1
        else:
            header, _, _ = text.partition("\n")
            target = tmp_path / header.removeprefix("# ")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    assert ran == 9
