"""Factory and judge of both probes of timeouts: when the caller knew, and if the body stopped."""

from __future__ import annotations

from itertools import chain, repeat

from harness.probes.judging import ran_for_s
from harness.probes.model import (
    Judgement,
    Observation,
    PipelineTrace,
    Probe,
    body,
    ignored,
    inconclusive,
    partly,
    works,
)
from harness.results.journal import Event

_LASTS_S = 8.0
_TIMEOUT_S = 2.0
_EARLY = 0.75  # share of the timeout; heartbeats of bodies come at intervals
_GRACE_S = 3.0  # for a framework that checks at intervals
_SETTINGS = {"timeout_s": _TIMEOUT_S, "linger_s": _LASTS_S + 1}
_HOOK = (
    'Run `long` with a timeout of settings["timeout_s"]. Catch the error; mark("told") once the '
    'framework reports it. Return {"failed": whether it reports the run as failed}. If steps can '
    'be run in several ways, use one after the other, with mark("told: the way"); failed only if '
    "all are."
)
_TOLD = "told"


def timeout_probe(name: str, title: str, asks: str, function: str) -> Probe:
    """Return a probe with one body of :mod:`workloads.probing` that outlasts its timeout."""
    return Probe(
        name=name,
        title=title,
        asks=asks,
        hook=_HOOK,
        judge=judge,
        bodies={"long": body(function, seconds=_LASTS_S)},
        settings=_SETTINGS,
    )


def judge(seen: Observation) -> Judgement:
    """Judge by each body's end or last heartbeat, and by the time of the caller's mark."""
    run = seen.only
    begun = run.of("long")
    if not begun:
        return inconclusive("the body never began")
    told = [(ns, way) for ns, text in run.marks if (way := _way(text)) is not None]
    each_told = chain(told, repeat((None, "")))
    pairs = zip(begun, each_told, strict=False)
    found = [(way, _judge(run, event, ns)) for event, (ns, way) in pairs]
    if len({each.verdict for _, each in found}) > 1:
        return partly("; ".join(f"{way or 'elsewhere'}: {each.said}" for way, each in found))
    return found[0][1]


def _way(mark: str) -> str | None:
    """Return the way of running a step that a mark names; None for a mark about anything else."""
    head, _, way = mark.partition(": ")
    return way if head == _TOLD else None


def _judge(run: PipelineTrace, event: Event, told_ns: int | None) -> Judgement:
    took_s = ran_for_s(run, event)
    if took_s < _EARLY * _TIMEOUT_S:
        how = f"failed by itself: {event.error}" if event.error else "disappeared"
        return inconclusive(f"the body {how} after {took_s:.1f} s, before its timeout")
    if took_s <= _TIMEOUT_S + _GRACE_S:
        if not run.answer.get("failed"):
            return partly(
                f"the body stopped after {took_s:.1f} s, but the run counts as successful"
            )
        return works(f"the body stopped after {took_s:.1f} s for a timeout of {_TIMEOUT_S:g} s")
    if run.answer.get("failed") and told_ns is not None:
        told_s = (told_ns - event.start_ns) / 1e9
        if told_s <= _TIMEOUT_S + _GRACE_S:
            return partly(f"reported after {told_s:.1f} s, but the body ran on for {took_s:.1f} s")
        return ignored(
            f"the body ran for {took_s:.1f} s; reported as failed only after {told_s:.1f} s"
        )
    return ignored(f"the body ran for {took_s:.1f} s, and the run counts as successful")
