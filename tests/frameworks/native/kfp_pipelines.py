"""Native Kubeflow Pipelines: lightweight components on artifacts, run by kfp.local."""

# Annotations are not deferred: kfp reads them as types.
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from kfp import dsl, local

from tests.frameworks.native import body
from tests.frameworks.native.body import SIZE

# A step's end is its artifact's metadata: its process is not this one, but the clock is the same.


@dsl.component(base_image="python", install_kfp_package=False)
def first(seed: int, result: dsl.Output[dsl.Artifact]) -> None:
    import json
    from pathlib import Path

    from tests.frameworks.native.body import checksum, ends_ns

    value = checksum(seed, [])
    Path(result.path).write_text(json.dumps(value))
    result.metadata["ended_ns"] = ends_ns[-1]


@dsl.component(base_image="python", install_kfp_package=False)
def step(seed: int, upstream: dsl.Input[dsl.Artifact], result: dsl.Output[dsl.Artifact]) -> None:
    import json
    from pathlib import Path

    from tests.frameworks.native.body import checksum, ends_ns

    value = checksum(seed, [json.loads(Path(upstream.path).read_text())])
    Path(result.path).write_text(json.dumps(value))
    result.metadata["ended_ns"] = ends_ns[-1]


class Last(NamedTuple):
    leaf: dsl.Artifact


Leaves = NamedTuple("Leaves", [(f"leaf_{seed}", dsl.Artifact) for seed in range(2, SIZE + 2)])


@dsl.pipeline
def chain() -> Last:
    last = first(seed=1)
    for seed in range(2, SIZE + 1):
        last = step(seed=seed, upstream=last.output)
    return Last(last.output)


@dsl.pipeline
def fan_out() -> Leaves:
    root = first(seed=1)
    return Leaves(*(step(seed=seed, upstream=root.output).output for seed in range(2, SIZE + 2)))


def make(shape: str, run_id: str, folder: Path) -> Callable[[], list[int]]:
    """Return a function that runs the pipeline in a place of its own and returns its values."""
    place = folder / run_id
    place.mkdir()
    local.init(local.SubprocessRunner(use_venv=False), pipeline_root=str(place))
    pipeline: Any = {"chain": chain, "fan_out": fan_out}[shape]
    names = Last._fields if shape == "chain" else Leaves._fields

    def run() -> list[int]:
        found = pipeline().outputs
        body.ends_ns.extend(int(found[name].metadata["ended_ns"]) for name in names)
        return [json.loads(Path(found[name].path).read_text())["value"] for name in names]

    return run
