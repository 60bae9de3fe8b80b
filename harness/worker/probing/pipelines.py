"""Pipelines of a probe: run side by side, and started again after a kill."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from math import ceil

from harness.worker.probing.hook_process import Hook, Hooks
from harness.worker.probing.killers import (
    ActivePipeline,
    Killer,
    KillTarget,
    ServiceKiller,
    StepKiller,
)
from harness.worker.probing.messages import ALL, BARE, PARENT, STEP, Pipeline, ProbeOrder

_TICK_S = 0.02
_KILLS = 2  # of services, at least: after a kill some engines wait for minutes
#: Share of a run's shortest duration over which all are started, so that a kill hits each at
#: another point.
_STAGGERED = 0.5


def run(
    order: ProbeOrder, prepared: Sequence[Hook], hooks: Hooks, roles: Mapping[str, Sequence[str]]
) -> list[Pipeline]:
    """Run the pipelines of one probe to their ends and return them.

    If the probe kills, ``prepared`` holds spare hooks: each pipeline that was not hit midway is
    replaced by another, until the requested number was hit or a whole wave was missed.
    """
    spare = deque(enumerate(prepared, 1))
    ended: list[ActivePipeline] = []
    missing, hit, waves = order.pipelines, 1, 0
    # A kill of a service hits all active pipelines, so they do not all run at once.
    most = missing if not kill_hits_all(order, hooks, roles) else ceil(missing / _KILLS)
    while missing and hit and spare:
        wave = [spare.popleft() for _ in range(min(missing, most, len(spare)))]
        last = wave[0][0] - 1 + min(len(wave), order.lanes)
        over = _wave(order, wave, hooks, _killer(order, hooks, roles, last, waves))
        hit = sum(each.hit for each in over) if order.kill else len(over)
        missing -= hit
        waves += 1
        ended += over
    return [
        Pipeline(
            folder=f"{order.name}/p{each.number}",
            attempts=each.attempts,
            killed_ns=each.killed_ns,
            killed=each.killed,
            back_ns=each.back_ns,
            fell=each.fell,
        )
        for each in sorted(ended, key=lambda each: each.number)
    ]


def _wave(
    order: ProbeOrder, wave: Sequence[tuple[int, Hook]], hooks: Hooks, killer: Killer | None
) -> list[ActivePipeline]:
    """Run some pipelines side by side; a killer of services kills once during them."""
    stagger_ns = order.settings.get("span_s", 0.0) * _STAGGERED / len(wave) * 1e9
    waiting = deque(wave)
    active: list[ActivePipeline] = []
    ended: list[ActivePipeline] = []
    started_ns = 0
    while waiting or active:
        free = len(active) < order.lanes
        if waiting and free and time.monotonic_ns() - started_ns >= stagger_ns:
            number, hook = waiting.popleft()
            active.append(ActivePipeline(number, hook, hooks.start(hook)))
            started_ns = time.monotonic_ns()
        if killer is not None:
            killer.look(active)
        # A service that dies is restarted, as a service manager does in production.
        fell = hooks.services.tend()
        for pipeline in active:
            pipeline.note_deaths(fell)
        for pipeline in [each for each in active if each.child.ended()]:
            pipeline.attempts.append(pipeline.child.attempt())
            if _lost(pipeline):
                pipeline.hook = pipeline.hook.again()
                pipeline.child = hooks.start(pipeline.hook)
            else:
                active.remove(pipeline)
                ended.append(pipeline)
        time.sleep(_TICK_S)
    return ended


def kill_hits_all(order: ProbeOrder, hooks: Hooks, roles: Mapping[str, Sequence[str]]) -> bool:
    """Return whether the killed process serves all pipelines, so that one kill hits all of them."""
    if not order.kill:
        return False
    own = order.kill in ("", STEP) or PARENT in roles.get(order.kill, ())
    return not own and bool(hooks.services.names)


def _killer(
    order: ProbeOrder, hooks: Hooks, roles: Mapping[str, Sequence[str]], last: int, wave: int
) -> Killer | None:
    if not order.kill:
        return None
    services, whole = hooks.services, order.kill == ALL
    if not kill_hits_all(order, hooks, roles):
        level = PARENT if PARENT in roles.get(order.kill, ()) else ALL if whole else STEP
        return StepKiller(order.settings, order.pipelines, level)
    if whole:
        target = KillTarget(services.names, clients=True)
    else:
        target = KillTarget(roles[order.kill], clients=False, bare=frozenset(roles.get(BARE, ())))
    return ServiceKiller(services, target, last, wave, order.settings["down_s"])


def _lost(pipeline: ActivePipeline) -> bool:
    """Return whether a killed pipeline did not recover and has not been started again yet."""
    first, *more = pipeline.attempts
    return pipeline.killed_ns is not None and not more and not first.succeeded
