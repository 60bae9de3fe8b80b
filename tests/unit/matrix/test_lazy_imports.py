"""Lazy imports: modules that are not loaded before an attribute of them is read."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.matrix.lazy_imports import lazily_imported

NAMES = ("made_heavy", "made_light", "made_light.plots", "made_light.tables")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Write a library with two modules that import a heavy one."""
    (tmp_path / "made_heavy.py").write_text("value = 7\n")
    (tmp_path / "made_light").mkdir()
    (tmp_path / "made_light/__init__.py").write_text("from . import plots, tables\n")
    (tmp_path / "made_light/plots.py").write_text("import made_heavy\nimport missing\n")
    (tmp_path / "made_light/tables.py").write_text(
        "import made_heavy\nimport made_heavy as again\n\ndef value():\n    return again.value\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in NAMES:
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("made")
def test_an_unused_module_is_never_loaded() -> None:
    with lazily_imported("made_heavy", "made_light.plots"):
        light = importlib.import_module("made_light")
    assert not {"made_heavy", "made_light.plots"} & set(sys.modules)
    assert light.tables.value() == 7
    assert "made_heavy" in sys.modules


@pytest.mark.usefixtures("made")
def test_a_later_import_gets_the_module_itself() -> None:
    with lazily_imported("made_heavy", "made_light.plots"):
        light = importlib.import_module("made_light")
    assert vars(importlib.import_module("made_heavy"))["value"] == 7
    with pytest.raises(ImportError, match="missing"):
        _ = light.plots.anything


@pytest.mark.usefixtures("made")
def test_a_loaded_module_stays_and_a_failed_import_leaves_nothing() -> None:
    heavy = importlib.import_module("made_heavy")
    with lazily_imported("made_heavy"):
        assert importlib.import_module("made_heavy") is heavy
    assert sys.modules["made_heavy"] is heavy
    with pytest.raises(ModuleNotFoundError), lazily_imported("made_light.plots"):
        importlib.import_module("made_light.nothing")
    assert "made_light.plots" not in sys.modules


def test_other_methods_are_computed_without_plots_and_tables() -> None:
    asked = """
import sys
from harness.matrix.dissent import of_others
from tests.unit.matrix.made import exact

found = of_others([exact("a", speed=0.1), exact("b", speed=0.9)], {"speed": 1.0})
print([each.order[0] for each in found], {"matplotlib", "pandas", "scipy"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "['b', 'b', 'b'] set()\n"
