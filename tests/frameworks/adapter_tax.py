"""Overhead of an adapter: the same shape as a native pipeline and through the adapter.

``python -m tests.frameworks.adapter_tax prefect --rounds 15`` prints how many times longer a run
through the adapter takes than a native pipeline (``native/``). Both run in one process, in turn,
with the settings of ``adapter.toml``. Only ratios within a round are used, because a disturbance of
this machine slows down both.

Part of the adapter's time is the harness's: it records every step, and decodes and encodes its
values. The *net* ratio leaves out that part, measured in each round without a framework.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from harness import stats, wire
from harness.frameworks import virtualenvs
from harness.frameworks.catalog import Framework, choose, discover
from harness.home import Home, import_folder
from harness.processes.child import Child, clean_environment
from harness.results.journal import read_events
from tests.paths import ROOT as CHECKOUT

FRAMEWORKS = ("prefect", "flyte", "mlrun", "airflow", "tfx")
SHAPES = ("chain", "fan_out")
_PATIENCE_S = 900.0

_Value = TypeVar("_Value")


class Execution(msgspec.Struct, frozen=True):
    """One run of one side, as ``native.arena`` writes it."""

    side: str
    round: int
    start_ns: int
    end_ns: int | None
    outputs: list[int]
    engine_count: int | None
    events: str

    @property
    def makespan_ns(self) -> int:
        """Return the time from the start of the execution to the end of the last step."""
        if self.end_ns is not None:
            return self.end_ns - self.start_ns
        ends = [event.end_ns for event in read_events(self.events) if event.end_ns is not None]
        return max(ends) - self.start_ns


class Tax(msgspec.Struct, frozen=True):
    """One adapter against the native pipeline; times are medians of the warm rounds."""

    framework: str
    shape: str
    steps: int
    ratio: stats.Estimate  #: adapter over native
    net: stats.Estimate  #: the same without the harness's own share
    adapter_ns: float
    native_ns: float
    harness_ns: float  #: recording and codecs in one run
    outputs: dict[str, list[list[int]]]  #: by side, the distinct ones
    engine_counts: dict[str, list[int | None]]  #: by side, the distinct ones


def measure(
    home: Home, framework: Framework, shape: str, size: int, rounds: int, workers: int = 1
) -> Tax:
    """Run the duel in the framework's own environment, which must exist, and judge it.

    Raise RuntimeError with the end of the log if the process fails or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="adapter-tax-") as name:
        folder = Path(name)
        executions = _run(home, framework, shape, size, rounds, workers, folder)
        cold = next(each for each in executions if each.side == "adapter")
        return judge(framework.name, shape, len(read_events(cold.events)), executions)


def _run(
    home: Home,
    framework: Framework,
    shape: str,
    size: int,
    rounds: int,
    workers: int,
    folder: Path,
) -> list[Execution]:
    venv, mode = virtualenvs.plan(home, framework), framework.default_mode
    (folder / wire.SCRATCH).mkdir()
    duel = {"framework": framework.name, "mode": mode, "shape": shape, "rounds": rounds}
    wire.write(folder / "duel.json", duel)
    settings = {
        each.name: each.value.replace("{folder}", str(folder / wire.SCRATCH))
        for each in framework.mode(mode).settings
    }
    sizes = {"NATIVE_SIZE": str(size), "NATIVE_WORKERS": str(workers)}
    paths = [import_folder(home, framework.folder), CHECKOUT]
    env = clean_environment(venv.folder, folder, paths, settings | sizes)
    command = [str(venv.python), "-m", "tests.frameworks.native.arena", str(folder)]
    with Child(command, folder, env) as child:
        ended = child.wait(_PATIENCE_S)
    if not ended or not (folder / "outcome.json").exists():
        log = (folder / "output.log").read_text(errors="replace")
        raise RuntimeError(f"{framework.name}/{shape} failed: {log[-3000:]}")
    return msgspec.json.decode((folder / "outcome.json").read_bytes(), type=list[Execution])


def judge(framework: str, shape: str, steps: int, executions: list[Execution]) -> Tax:
    """Compare the sides, two rounds at a time; ``steps`` is the number of steps of one run.

    In every second round the other side comes first, so the effect of the order cancels over two
    rounds. Ratios of single rounds would lie around two centres, and their median anywhere between.
    """
    times: dict[str, dict[int, list[float]]] = {}
    for each in executions:
        if each.round > 0:  # the first is cold
            of_two = times.setdefault(each.side, {}).setdefault((each.round - 1) // 2, [])
            of_two.append(float(each.makespan_ns))
    native, adapter = times["native"], times["adapter"]
    own = {
        number: max(stats.median(recorded) - stats.median(times["bare"][number]), 0.0)
        for number, recorded in times["recorded"].items()
    }
    net = {number: [stats.median(taken) - own[number]] for number, taken in adapter.items()}
    sides = ("native", "adapter")
    mine = {side: [each for each in executions if each.side == side] for side in sides}
    return Tax(
        framework=framework,
        shape=shape,
        steps=steps,
        ratio=stats.paired_ratio(adapter, native),
        net=stats.paired_ratio(net, native),
        adapter_ns=_median(adapter),
        native_ns=_median(native),
        harness_ns=stats.median(list(own.values())),
        outputs={side: _distinct([each.outputs for each in mine[side]]) for side in sides},
        engine_counts={
            side: _distinct([each.engine_count for each in mine[side]]) for side in sides
        },
    )


def _median(rounds: Mapping[int, list[float]]) -> float:
    return stats.median([value for values in rounds.values() for value in values])


def _distinct(values: list[_Value]) -> list[_Value]:
    return [value for number, value in enumerate(values) if value not in values[:number]]


def _line(tax: Tax) -> str:
    parts = [f"{tax.framework:8} {tax.shape:8} {tax.steps:4} steps"]
    for name, ratio in (("adapter/native", tax.ratio), ("net", tax.net)):
        interval = "" if ratio.low is None else f" [{ratio.low:.3f}, {ratio.high:.3f}]"
        parts.append(f"{name} {ratio.value:.3f}{interval}")
    parts.append(
        f"per step: adapter {tax.adapter_ns / tax.steps / 1e3:.0f} µs, "
        f"native {tax.native_ns / tax.steps / 1e3:.0f} µs, "
        f"harness {tax.harness_ns / tax.steps / 1e3:.0f} µs"
    )
    return "; ".join(parts)


def main() -> None:
    """Print the tax of the named adapters."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("frameworks", nargs="+", choices=FRAMEWORKS)
    parser.add_argument("--shape", choices=SHAPES, default="chain")
    parser.add_argument("--size", type=int, default=20, help="steps, or branches")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    home = Home(CHECKOUT)
    for framework in choose(discover(home), asked.frameworks):
        tax = measure(home, framework, asked.shape, asked.size, asked.rounds, asked.workers)
        print(_line(tax), flush=True)
        print(f"         outputs {tax.outputs}; counts {tax.engine_counts}", flush=True)


if __name__ == "__main__":
    main()
