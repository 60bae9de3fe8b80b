"""The arrows that must never be, held over the import graph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.unit.project.imports import OURS, Import, graph, modules, reached, within

#: Runs inside a framework's environment, which has nothing of the harness's.
BARE = (
    *("workloads.dag", "workloads.record", "workloads.execute", "workloads.codecs"),
    *("workloads.stores", "workloads.probing", "adapters.contract", "adapters.probing"),
    *("harness.wire", "harness.worker"),
)
#: What adapters see of us besides workloads, and the processes of ours that load adapters.
CONTRACTS = ("contract", "dask_client", "probing", "urls")
LOADERS = ("harness.worker", "harness.prober")
CLOCK_AND_DISK = ("time", "datetime", "os", "pathlib", "io", "shutil", "tempfile", "random")


#: All that a selection itself may know of; its readings come from elsewhere.
SELECTION = ("harness.matrix", "harness.errors", "harness.strict", "harness.home")
SLOW = ("scipy", "pandas", "matplotlib", "vl_convert", "pymcdm")


def adapter_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "adapters" and len(parts) > 1 else ""


def other_adapter(arrow: Import) -> bool:
    own, other = adapter_of(arrow.module), adapter_of(arrow.target)
    return bool(own) and other not in ("", *CONTRACTS, own)


def pure(module: str) -> bool:
    """Whether a module of ours is of the statistics, or only on the way to them."""
    return module == "harness" or within(module, "harness.stats")


#: Each never-arrow, and whether an import is one.
NEVER: dict[str, Callable[[Import], bool]] = {
    "workloads -> adapters or harness": lambda a: (
        within(a.module, "workloads") and within(a.target, "adapters", "harness")
    ),
    "adapters -> harness": lambda a: within(a.module, "adapters") and within(a.target, "harness"),
    "adapters -> another adapter": other_adapter,
    "harness but for worker and prober -> adapters": lambda a: (
        within(a.module, "harness")
        and not within(a.module, *LOADERS)
        and within(a.target, "adapters")
    ),
    "worker or prober -> an adapter": lambda a: (
        within(a.module, *LOADERS) and adapter_of(a.target) not in ("", *CONTRACTS)
    ),
    "bare modules -> third party": lambda a: a.module in BARE and a.at_top and a.foreign,
    "stats -> clock or disk": lambda a: (
        within(a.module, "harness.stats")
        and (within(a.target, *CLOCK_AND_DISK) or (within(a.target, *OURS) and not pure(a.target)))
    ),
    "report but for view -> raw JSON": lambda a: (
        within(a.module, "harness.report")
        and a.module != "harness.report.view"
        and within(a.target, "json", "harness.store")
    ),
    "selection -> where its readings come from": lambda a: (
        within(a.module, "harness.matrix")
        and a.module not in ("harness.matrix.readings", "harness.matrix.effort")
        and within(a.target, *OURS)
        and a.target != "harness"  # only on the way to them
        and not within(a.target, *SELECTION)
    ),
    "anything -> cli": lambda a: (
        within(a.target, "harness.cli") and not within(a.module, "harness.cli")
    ),
}


@pytest.fixture(scope="module")
def arrows() -> list[Import]:
    return graph(ROOT)


@pytest.mark.parametrize("name", NEVER)
def test_no_arrow_is_one_that_must_never_be(arrows: list[Import], name: str) -> None:
    assert [str(arrow) for arrow in arrows if NEVER[name](arrow)] == []


@pytest.mark.parametrize(
    "module",
    [
        *("harness.worker", "harness.prober.__main__", "harness.blueprint"),
        *("adapters.contract", "adapters.probing", "workloads.kinds", "workloads.probing"),
    ],
)
def test_what_runs_in_a_frameworks_environment_needs_nothing_of_ours(
    arrows: list[Import], module: str
) -> None:
    loaded = reached(arrows, module)
    foreign = {arrow.target for arrow in arrows if arrow.at_top and arrow.foreign}
    assert loaded & foreign == set()


def test_the_matrix_is_printed_without_what_takes_long_to_import(arrows: list[Import]) -> None:
    loaded = reached(arrows, "harness.commands.deciding") | reached(arrows, "harness.report.matrix")
    assert "harness.matrix.ranking" in loaded
    assert not [target for target in loaded if within(target, *SLOW)]


def test_the_graph_is_of_all_files(arrows: list[Import]) -> None:
    known = modules(ROOT)
    assert set(BARE) <= set(known)
    assert {name.partition(".")[0] for name in known} == set(OURS)
    assert {"harness.stats", "harness.report.view", "harness.cli"} <= set(known)
    assert Import("harness.verify", "workloads.dag", True, 0).target in {
        arrow.target for arrow in arrows if arrow.module == "harness.verify"
    }


PLANTED = {
    "workloads -> adapters or harness": ("workloads/dag.py", "from harness import wire"),
    "adapters -> harness": ("adapters/a/adapter.py", "def f():\n    import harness.wire"),
    "adapters -> another adapter": ("adapters/a/adapter.py", "from adapters.b.adapter import x"),
    "harness but for worker and prober -> adapters": ("harness/run.py", "import adapters.contract"),
    "worker or prober -> an adapter": ("harness/worker.py", "from adapters.a import adapter"),
    "bare modules -> third party": ("harness/wire.py", "try:\n    import msgspec\nfinally: pass"),
    "stats -> clock or disk": ("harness/stats/growth.py", "from time import monotonic"),
    "report but for view -> raw JSON": ("harness/report/html.py", "from .. import store"),
    "selection -> where its readings come from": (
        "harness/matrix/scoring.py",
        "from harness import store",
    ),
    "anything -> cli": ("harness/run.py", "from harness.cli import main"),
}


def plant(root: Path, path: str, text: str) -> list[Import]:
    for name in ("harness/store.py", "harness/report/__init__.py", "harness/__init__.py", path):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (root / path).write_text(text)
    return graph(root)


@pytest.mark.parametrize("name", NEVER)
def test_a_planted_arrow_is_caught(tmp_path: Path, name: str) -> None:
    assert any(map(NEVER[name], plant(tmp_path, *PLANTED[name])))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("workloads/dag.py", "import json\nfrom workloads import record"),
        ("adapters/a/adapter.py", "import prefect\nfrom adapters.contract import Context"),
        ("adapters/a/adapter.py", "from adapters.a.pipeline import dag"),
        ("adapters/a/adapter.py", "from . import pipeline"),
        ("harness/worker.py", "from adapters.contract import Context"),
        ("workloads/codecs.py", "def f():\n    import numpy"),
        ("harness/report/view.py", "import json\nfrom harness import store"),
        ("harness/stats/growth.py", "import numpy\nfrom harness.stats import schedule"),
        ("workloads/dag.py", "if TYPE_CHECKING:\n    import numpy"),
    ],
)
def test_what_is_allowed_is_not_caught(tmp_path: Path, path: str, text: str) -> None:
    arrows = plant(tmp_path, path, text)
    assert arrows or "TYPE_CHECKING" in text
    assert [str(a) for a in arrows if any(never(a) for never in NEVER.values())] == []


def test_what_is_reached_by_way_of_others_counts(tmp_path: Path) -> None:
    plant(tmp_path, "harness/worker.py", "from harness import store")
    arrows = plant(tmp_path, "harness/store.py", "import msgspec")
    assert "msgspec" in reached(arrows, "harness.worker")
