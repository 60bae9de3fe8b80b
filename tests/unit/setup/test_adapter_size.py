"""Size of an adapter: lines and names, counted from the syntax tree."""

from __future__ import annotations

from pathlib import Path

from harness.setup import adapter_size
from tests.paths import ROOT

SOURCE = '''"""About
this."""

import json
import mlrun
from prefect import flow, task  # two names
from prefect.client.schemas import flow
from adapters.contract import Context
from adapters.mine.graph import make


class A:
    """Doc."""

    def run(self):
        """Doc of
        two lines."""
        # why
        client = mlrun.new_function(
            "x",
        )
        return json.dumps(mlrun.new_function, mlrun.projects.load), task(client.call.it)
'''


def adapter(folder: Path) -> Path:
    mine = folder / "mine"
    mine.mkdir()
    (mine / "adapter.py").write_text(SOURCE)
    (mine / "graph.py").write_text(
        "import os.path\nfrom adapters.mine import text\n\n\ndef make(): ...\n"
    )
    (mine / "other.py").write_text("import airflow\n")
    return mine


def test_lines_are_those_of_code(tmp_path: Path) -> None:
    assert adapter_size.lines(adapter(tmp_path) / "adapter.py") == 6 + 1 + 1 + 3 + 1


def test_names_of_our_and_pythons_packages_do_not_count(tmp_path: Path) -> None:
    assert adapter_size.names(adapter(tmp_path) / "adapter.py") == {
        "mlrun.new_function",
        "mlrun.projects",
        "prefect.client.schemas.flow",
        "prefect.flow",
        "prefect.task",
    }


IDIOMS = """
import apache_beam as beam
import apache_beam.io.gcp as gcp
from kfp import local
from kfp.dsl import component as lightweight
from prefect import flow

beam.Map(beam.Create([1]), gcp.read)
local.init()
lightweight(flow.with_options(flow))
TEMPLATE = """
TEMPLATE = """from kfp import dsl
from adapters.kfp.task import run_step

@dsl.component
def step(a: dsl.Input): run_step(a)
"""


def test_names_count_through_other_names_modules_and_templates(tmp_path: Path) -> None:
    path = tmp_path / "adapter.py"
    path.write_text(IDIOMS + repr(TEMPLATE))
    assert adapter_size.names(path) == {
        "apache_beam.Create",
        "apache_beam.Map",
        "apache_beam.io.gcp.read",
        "kfp.dsl.Input",
        "kfp.dsl.component",
        "kfp.local.init",
        "prefect.flow",
    }


def test_files_are_those_that_the_mode_needs(tmp_path: Path) -> None:
    found = adapter_size.files(adapter(tmp_path), "adapter")
    assert [path.name for path in found] == ["adapter.py", "graph.py"]


def test_an_adapter_without_a_framework_uses_none_of_its_names() -> None:
    plain = ROOT / "adapters" / "plain"
    assert adapter_size.names(plain / "adapter.py") == set()
    assert adapter_size.names(plain / "distributed.py") == {"distributed.Future"}
