"""The pipelines of a probe, run beside each other, and begun again where they were killed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from math import ceil

from harness.worker.probing.hook_process import Hook, Hooks
from harness.worker.probing.killers import Flight, Killer, KillTarget, OfServices, OfSteps
from harness.worker.probing.messages import ALL, BARE, PARENT, STEP, Pipeline, ProbeOrder

_TICK_S = 0.02
_BLOWS = 2  # at least, to services: after some of them an engine waits for minutes
#: Of the time that a run takes at least, in which all are started: a kill finds each elsewhere.
_STAGGERED = 0.5


def run(
    order: ProbeOrder, made: Sequence[Hook], hooks: Hooks, roles: Mapping[str, Sequence[str]]
) -> list[Pipeline]:
    """Run the pipelines of one probe to their ends.

    ``made`` holds spare ones where somebody is killed: for each that the blow did not meet in its
    middle another is begun, until as many were struck as the probe asks for, or no blow meets any.
    """
    spare = deque(enumerate(made, 1))
    ended: list[Flight] = []
    missing, struck, waves = order.pipelines, 1, 0
    # A blow to a service meets all that run. So not all are run at once.
    most = missing if not strikes_all(order, hooks, roles) else ceil(missing / _BLOWS)
    while missing and struck and spare:
        wave = [spare.popleft() for _ in range(min(missing, most, len(spare)))]
        last = wave[0][0] - 1 + min(len(wave), order.lanes)
        over = _wave(order, wave, hooks, _killer(order, hooks, roles, last, waves))
        struck = sum(each.struck for each in over) if order.kill else len(over)
        missing -= struck
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
) -> list[Flight]:
    """Run some pipelines beside each other; a killer of services strikes once among them."""
    stagger_ns = order.settings.get("span_s", 0.0) * _STAGGERED / len(wave) * 1e9
    waiting = deque(wave)
    flights: list[Flight] = []
    ended: list[Flight] = []
    started_ns = 0
    while waiting or flights:
        free = len(flights) < order.lanes
        if waiting and free and time.monotonic_ns() - started_ns >= stagger_ns:
            number, hook = waiting.popleft()
            flights.append(Flight(number, hook, hooks.start(hook)))
            started_ns = time.monotonic_ns()
        if killer is not None:
            killer.look(flights)
        # What dies is started again, as it is wherever such services are run.
        fell = hooks.services.tend()
        for flight in flights:
            flight.without(fell)
        for flight in [each for each in flights if each.child.ended()]:
            flight.attempts.append(flight.child.attempt())
            if _lost(flight):
                flight.hook = flight.hook.again()
                flight.child = hooks.start(flight.hook)
            else:
                flights.remove(flight)
                ended.append(flight)
        time.sleep(_TICK_S)
    return ended


def strikes_all(order: ProbeOrder, hooks: Hooks, roles: Mapping[str, Sequence[str]]) -> bool:
    """Whether who is killed serves all pipelines, so that one blow meets all that run."""
    if not order.kill:
        return False
    mine = order.kill in ("", STEP) or PARENT in roles.get(order.kill, ())
    return not mine and bool(hooks.services.names)


def _killer(
    order: ProbeOrder, hooks: Hooks, roles: Mapping[str, Sequence[str]], last: int, wave: int
) -> Killer | None:
    if not order.kill:
        return None
    services, whole = hooks.services, order.kill == ALL
    if not strikes_all(order, hooks, roles):
        whom = PARENT if PARENT in roles.get(order.kill, ()) else ALL if whole else STEP
        return OfSteps(order.settings, order.pipelines, whom)
    if whole:
        target = KillTarget(services.names, clients=True)
    else:
        target = KillTarget(roles[order.kill], clients=False, bare=frozenset(roles.get(BARE, ())))
    return OfServices(services, target, last, wave, order.settings["down_s"])


def _lost(flight: Flight) -> bool:
    """Whether it was killed, did not get over it, and was not begun again yet."""
    first, *more = flight.attempts
    return flight.killed_ns is not None and not more and not first.succeeded
