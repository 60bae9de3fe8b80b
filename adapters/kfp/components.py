"""Components of Kubeflow Pipelines: one for each number of upstreams that a workload's steps have.

A list of artifacts from different tasks is not a type of kfp, so that a component has a parameter
for each upstream. kfp copies the source of a component's function into its container, and needs
a file that holds it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_MODULE = '''"""Lightweight components that run any step; written by the adapter."""

from kfp import dsl
'''

_COMPONENT = """

@dsl.component(base_image={image!r}, install_kfp_package=False)
def step_with_{count}(call: str, {inputs}result: dsl.Output[dsl.Artifact]) -> None:
    from adapters.kfp.task import run_step

    run_step(call, [{paths}], result.path)
"""


def components(counts: Iterable[int], image: str, file: Path) -> dict[int, Callable[..., Any]]:
    """Write components to ``file``, import it, and return the components by number of upstreams."""
    counts = sorted(set(counts))
    file.write_text(_MODULE + "".join(_source(count, image) for count in counts))
    spec = importlib.util.spec_from_file_location(f"components_of_{file.parent.name}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {count: getattr(module, f"step_with_{count}") for count in counts}


def _source(count: int, image: str) -> str:
    names = [parameter(number) for number in range(count)]
    return _COMPONENT.format(
        image=image,
        count=count,
        inputs="".join(f"{name}: dsl.Input[dsl.Artifact], " for name in names),
        paths=", ".join(f"{name}.path" for name in names),
    )


def parameter(number: int) -> str:
    """Return the name of a component's parameter for the upstream with this number."""
    return f"upstream_{number}"
