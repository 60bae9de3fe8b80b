"""Hooks about settings of one task or one loop."""

# Annotations are not deferred: kfp reads them as types.
import warnings
from typing import Any

from kfp import dsl

from adapters.kfp.probes.components import changed, link, number, text, timed, with_value
from adapters.kfp.probes.pipelines import begin, error_of, said
from adapters.probing import NeedsServiceError, ProbeContext, Value

_LOCALLY = (
    "https://www.kubeflow.org/docs/components/pipelines/user-guides/core-functions/"
    "execute-kfp-pipelines-locally/"
)


def retry(probe: ProbeContext) -> dict[str, Value]:
    """Use ``set_retry`` with a backoff that does not grow."""
    begin(probe)

    @dsl.pipeline
    def pipeline() -> None:
        number(call=said(probe, "flaky")).set_retry(
            probe.settings["retries"],
            backoff_duration=f"{probe.settings['delay_s']:g}s",
            backoff_factor=1.0,
        )

    return {"error": error_of(pipeline)}


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """Set ``active_deadline_seconds``: kfp's only timeout without the package for Kubernetes."""
    begin(probe)
    limit = dsl.PipelineConfig(active_deadline_seconds=int(probe.settings["timeout_s"]))

    @dsl.pipeline(pipeline_config=limit)
    def pipeline() -> None:
        text(call=said(probe, "long"))

    error = error_of(pipeline)
    probe.mark("told")
    return {"failed": bool(error)}


timeout_sleep = timeout_cpu = _timeout


def resources(probe: ProbeContext) -> dict[str, Value]:
    """Use ``set_memory_request`` and ``set_memory_limit``.

    A local run warns that it ignores them, which counts as a refusal.
    """
    begin(probe)
    memory = f"{probe.settings['memory_mb']}M"

    @dsl.pipeline
    def pipeline() -> None:
        number(call=said(probe, "hungry")).set_memory_request(memory).set_memory_limit(memory)

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        error = error_of(pipeline)
    if refusals := [str(each.message) for each in warned if "memory_limit" in str(each.message)]:
        raise NeedsServiceError(f"kfp warns: {refusals[0]}", _LOCALLY)
    return {"error": error}


def concurrency_limit(probe: ProbeContext) -> dict[str, Value]:
    """Use ``parallelism=`` of ``dsl.ParallelFor``."""
    begin(probe)
    indexes = list(range(probe.settings["width"]))

    def over(body: str, limit: int | None) -> None:
        @dsl.pipeline
        def pipeline() -> None:
            with dsl.ParallelFor(indexes, parallelism=limit) as index:
                timed(call=said(probe, body), index=index)

        pipeline()

    over("free", None)
    over("limited", probe.settings["limit"])
    return {"sequential": False}


def caching(probe: ProbeContext) -> dict[str, Value]:
    """Use the local cache, which is off by default; kfp does not have cache versions."""
    begin(probe, enable_caching=True, cache_root=str(probe.folder / "cache"))

    def run(mark: str, value: int, component: Any = with_value) -> Value:
        @dsl.pipeline
        def pipeline(value: int) -> int:
            return component(call=said(probe, "costly"), value=value).output

        probe.mark(mark)
        return pipeline(value=value).output

    values = [run("first", 2), run("same", 2), run("input", 3), run("code", 2, changed())]
    return {"values": values, "note": "a cache_key of one's own replaces input and code"}


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Run a chain with retries and the local cache, from which a second run takes results."""
    begin(probe, enable_caching=True, cache_root=str(probe.folder / "cache"))

    @dsl.pipeline
    def pipeline() -> None:
        previous: Any = 0
        for name in ("one", "two", "three", "four"):
            previous = link(call=said(probe, name), previous=previous).set_retry(2).output

    return {"state": error_of(pipeline) or "success"}
