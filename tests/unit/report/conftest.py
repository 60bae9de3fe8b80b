"""Fixtures: a home with a run that has everything a report shows, with known times."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.home import Home
from harness.results import store
from tests.unit.made_adapters import write_code_adapter
from tests.unit.made_setup_cost import COST
from tests.unit.report.made_report import run_of, with_probes

TEMPLATE = "x = [{% for step in workload.steps %}{{ step.id | python }},{% endfor %}]\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return a home with adapters ``fast`` and ``slow``, a run ``r`` with probes, a set-up."""
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    monkeypatch.setattr("harness.frameworks.catalog.package_folder", lambda name: tmp_path / "none")
    write_code_adapter(tmp_path, "plain", package="python")
    write_code_adapter(tmp_path, "fast")
    write_code_adapter(tmp_path, "slow", parallel=False)
    template = tmp_path / "adapters" / "fast" / "export" / "pipeline.py.jinja"
    template.parent.mkdir()
    template.write_text(TEMPLATE)
    home = Home(tmp_path)
    run = run_of(home, "r")
    with_probes(home, run)
    store.point_latest(home.results / "r")
    home.setups.mkdir()
    (home.setups / "fast-server.json").write_bytes(msgspec.json.encode(COST))
    return home
