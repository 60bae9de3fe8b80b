"""Imports that must never be, held over the import graph."""

from __future__ import annotations

import graphlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.unit.project.imports import OURS, Import, graph, modules, reached, rooms, within

#: Modules of adapters' contract, which every adapter and the worker may import.
CONTRACTS = ("contract", "probing", "urls", "dask_client")
#: Runs in a framework's environment too, which has no third-party package of ours.
BARE = (
    *("workloads.dag", "workloads.record", "workloads.execute", "workloads.codecs"),
    *("workloads.stores", "workloads.probing"),
    *(f"adapters.{name}" for name in CONTRACTS if name != "dask_client"),
    *("harness.wire", "harness.worker", "harness.services"),
    *("harness.processes.procfs", "harness.processes.cgroup", "harness.processes.meter"),
)
CLOCK_AND_DISK = ("time", "datetime", "os", "pathlib", "io", "shutil", "tempfile", "random")
#: Parts of a report that get everything from the material that was gathered.
RENDERED = tuple(
    f"harness.report.{name}"
    for name in ("tables", "charts", "chapters", "terminal", "markdown", "html")
)
SLOW = ("scipy", "pandas", "matplotlib", "vl_convert", "pymcdm")


def never(source: str, *targets: str, but: tuple[str, ...] = ()) -> Callable[[Import], bool]:
    """Return a rule: nothing in ``source`` imports ``targets``, except what is in ``but``."""
    return lambda a: (
        within(a.module, source) and within(a.target, *targets) and not within(a.target, *but)
    )


def of_ours(a: Import) -> bool:
    """Return whether the target is a module of ours, and not only on the way to one."""
    return within(a.target, *OURS) and a.target != "harness"


def adapter_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "adapters" and len(parts) > 1 else ""


def other_adapter(a: Import) -> bool:
    own, other = adapter_of(a.module), adapter_of(a.target)
    return bool(own) and other not in ("", *CONTRACTS, own)


def either(*rules: Callable[[Import], bool]) -> Callable[[Import], bool]:
    return lambda a: any(rule(a) for rule in rules)


#: Each rule by what it forbids.
NEVER: dict[str, Callable[[Import], bool]] = {
    "workloads -> adapters or harness": never("workloads", "adapters", "harness"),
    "adapters -> harness or another adapter": either(never("adapters", "harness"), other_adapter),
    "harness but worker -> adapters": lambda a: (
        within(a.module, "harness")
        and not within(a.module, "harness.worker")
        and within(a.target, "adapters")
    ),
    "worker -> one adapter": lambda a: (
        within(a.module, "harness.worker") and adapter_of(a.target) not in ("", *CONTRACTS)
    ),
    "what runs in a framework's environment -> third party": lambda a: (
        within(a.module, *BARE) and a.at_top and a.foreign
    ),
    "stats -> clock, disk or anything of harness": lambda a: (
        within(a.module, "harness.stats")
        and (
            within(a.target, *CLOCK_AND_DISK)
            or (of_ours(a) and not within(a.target, "harness.stats"))
        )
    ),
    "matrix -> anything but errors, decode, home": lambda a: (
        within(a.module, "harness.matrix")
        and of_ours(a)
        and not within(
            a.target, "harness.matrix", "harness.errors", "harness.decode", "harness.home"
        )
    ),
    "analysis -> report, matrix, execution": never(
        "harness.analysis", "harness.report", "harness.matrix", "harness.execution"
    ),
    "report -> execution, setup, probing": never(
        "harness.report",
        *("harness.execution", "harness.setup", "harness.probing"),
        but=("harness.setup.model",),
    ),
    "report but gather -> results": lambda a: (
        within(a.module, "harness.report")
        and not within(a.module, "harness.report.gather")
        and within(a.target, "harness.results", "json")
    ),
    "renderers of a report -> gather": lambda a: (
        within(a.module, *RENDERED) and within(a.target, "harness.report.gather")
    ),
    "planning -> execution": never("harness.planning", "harness.execution"),
    "probes -> probing, execution": never("harness.probes", "harness.probing", "harness.execution"),
    "probing and execution -> each other": either(
        never("harness.probing", "harness.execution"),
        never("harness.execution", "harness.probing"),
    ),
    "frameworks -> planning, execution, setup": never(
        "harness.frameworks", "harness.planning", "harness.execution", "harness.setup"
    ),
    "anything -> cli; anything but cli -> commands": lambda a: (
        (within(a.target, "harness.cli") and not within(a.module, "harness.cli"))
        or (
            within(a.target, "harness.commands")
            and not within(a.module, "harness.cli", "harness.commands")
        )
    ),
}


@pytest.fixture(scope="module")
def arrows() -> list[Import]:
    return graph(ROOT)


@pytest.mark.parametrize("name", NEVER)
def test_no_import_is_one_that_must_never_be(arrows: list[Import], name: str) -> None:
    assert [str(arrow) for arrow in arrows if NEVER[name](arrow)] == []


def test_rooms_import_each_other_in_no_circle(arrows: list[Import]) -> None:
    list(graphlib.TopologicalSorter(rooms(arrows)).static_order())  # raises CycleError


def test_modules_import_each_other_in_no_circle(arrows: list[Import]) -> None:
    known = modules(ROOT)
    packages = {name for name, path in known.items() if path.name == "__init__.py"}
    direct: dict[str, set[str]] = {}
    for each in arrows:
        # A package is on the way to its modules: only imports of modules make circles here.
        if of_ours(each) and not {each.module, each.target} & packages:
            direct.setdefault(each.module, set()).add(each.target)
    list(graphlib.TopologicalSorter(direct).static_order())


@pytest.mark.parametrize(
    "module",
    [
        *("harness.worker.__main__", "harness.worker.probing.__main__"),
        *("harness.worker.build_workload", "harness.services.collector"),
        *("adapters.contract", "adapters.probing", "workloads.kinds", "workloads.probing"),
    ],
)
def test_entries_into_a_frameworks_environment_need_no_third_party_package(
    arrows: list[Import], module: str
) -> None:
    loaded = reached(arrows, module)
    foreign = {arrow.target for arrow in arrows if arrow.at_top and arrow.foreign}
    assert loaded & foreign == set()


def test_the_matrix_is_printed_without_slow_imports(arrows: list[Import]) -> None:
    loaded = reached(arrows, "harness.commands.matrix")
    loaded |= reached(arrows, "harness.report.tables.matrix")
    assert "harness.matrix.ranking" in loaded
    assert not [target for target in loaded if within(target, *SLOW)]


def test_at_most_nine_modules_lie_beside_the_packages() -> None:
    beside = [path for path in (ROOT / "harness").glob("*.py") if path.name != "__init__.py"]
    assert len(beside) <= 9


def test_the_graph_is_of_all_files(arrows: list[Import]) -> None:
    known = modules(ROOT)
    assert {name for name in BARE if within(name, "workloads", "adapters")} <= set(known)
    assert {name.partition(".")[0] for name in known} == set(OURS)
    assert {"harness.stats", "harness.analysis.summary", "harness.cli"} <= set(known)
    targets = {arrow.target for arrow in arrows if arrow.module == "harness.execution.verify"}
    assert "workloads.dag" in targets


PLANTED = {
    "workloads -> adapters or harness": ("workloads/dag.py", "from harness import wire"),
    "adapters -> harness or another adapter": (
        "adapters/a/adapter.py",
        "def f():\n    import harness.wire\n    from adapters.b.adapter import x",
    ),
    "harness but worker -> adapters": ("harness/execution/run.py", "import adapters.contract"),
    "worker -> one adapter": ("harness/worker/__main__.py", "from adapters.a import adapter"),
    "what runs in a framework's environment -> third party": (
        "harness/wire.py",
        "try:\n    import msgspec\nfinally: pass",
    ),
    "stats -> clock, disk or anything of harness": (
        "harness/stats/growth.py",
        "from time import monotonic",
    ),
    "matrix -> anything but errors, decode, home": (
        "harness/matrix/scoring.py",
        "from harness.results import store",
    ),
    "analysis -> report, matrix, execution": (
        "harness/analysis/cells.py",
        "if TYPE_CHECKING:\n    from harness.report.document import Table",
    ),
    "report -> execution, setup, probing": (
        "harness/report/build.py",
        "from harness.setup import cost",
    ),
    "report but gather -> results": ("harness/report/html/page.py", "from ...results import store"),
    "renderers of a report -> gather": (
        "harness/report/tables/facts.py",
        "from harness.report.gather import links",
    ),
    "planning -> execution": (
        "harness/planning/plan.py",
        "import importlib\nimportlib.import_module('harness.execution.trial')",
    ),
    "probes -> probing, execution": (
        "harness/probes/model.py",
        "from harness.probing.plan import ProbePlan",
    ),
    "probing and execution -> each other": (
        "harness/probing/trial.py",
        "from harness.execution.judge import judge",
    ),
    "frameworks -> planning, execution, setup": (
        "harness/frameworks/catalog.py",
        "from harness.setup import prepare",
    ),
    "anything -> cli; anything but cli -> commands": (
        "harness/report/build.py",
        "from harness.commands import show",
    ),
}


def plant(root: Path, path: str, text: str) -> list[Import]:
    there = (
        *("harness/results/store.py", "harness/setup/cost.py", "harness/commands/show.py"),
        *("harness/report/gather/links.py", "harness/__init__.py", path),
    )
    for name in there:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    for folder in root.glob("harness/**/"):
        (folder / "__init__.py").touch()
    (root / path).write_text(text)
    return graph(root)


@pytest.mark.parametrize("name", NEVER)
def test_a_planted_import_is_caught(tmp_path: Path, name: str) -> None:
    assert any(map(NEVER[name], plant(tmp_path, *PLANTED[name])))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("workloads/dag.py", "import json\nfrom workloads import record"),
        ("adapters/a/adapter.py", "import prefect\nfrom adapters.contract import Context"),
        ("adapters/a/adapter.py", "from adapters.a.pipeline import dag"),
        ("adapters/a/adapter.py", "from . import pipeline"),
        ("harness/worker/__main__.py", "from adapters.contract import Context"),
        ("workloads/codecs.py", "def f():\n    import numpy"),
        ("harness/report/gather/gather.py", "from harness.results import store"),
        ("harness/report/tables/setups.py", "from harness.setup.model import SetupCost"),
        ("harness/stats/growth.py", "import numpy\nfrom harness.stats import schedule"),
        ("workloads/dag.py", "if TYPE_CHECKING:\n    import numpy"),
    ],
)
def test_an_allowed_import_is_not_caught(tmp_path: Path, path: str, text: str) -> None:
    arrows = plant(tmp_path, path, text)
    assert arrows
    assert [str(a) for a in arrows if any(rule(a) for rule in NEVER.values())] == []


@pytest.mark.parametrize(
    "text",
    [
        "from harness.commands import show",
        "if TYPE_CHECKING:\n    from harness.commands import show",
        "from importlib import import_module\nimport_module('harness.commands.show')",
    ],
)
def test_a_circle_of_rooms_is_caught(tmp_path: Path, text: str) -> None:
    plant(tmp_path, "harness/commands/show.py", "from harness.results import store")
    arrows = plant(tmp_path, "harness/results/store.py", text)
    with pytest.raises(graphlib.CycleError):
        list(graphlib.TopologicalSorter(rooms(arrows)).static_order())


def test_indirect_imports_count(tmp_path: Path) -> None:
    plant(tmp_path, "harness/worker/__main__.py", "from harness.results import store")
    arrows = plant(tmp_path, "harness/results/store.py", "import msgspec")
    assert "msgspec" in reached(arrows, "harness.worker.__main__")
