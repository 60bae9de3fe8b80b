"""What all probes that kill share: ten runs, each struck at another moment."""

from __future__ import annotations

from collections import Counter
from statistics import median

from harness.probes.model import (
    Judgement,
    Observation,
    Seen,
    body,
    inconclusive,
    partly,
    unsupported,
    works,
)

PIPELINES = 10
TIMEOUT_S = 300.0  # ten processes that start at once take minutes on a busy machine
_STEPS = ("one", "two", "three", "four")
_STEP_S = 0.6
BODIES = {name: body("link", seconds=_STEP_S) for name in _STEPS}
SETTINGS = {"span_s": len(_STEPS) * _STEP_S, "down_s": 2.0}
HOOK = (
    "Run `one`, `two`, `three` and `four` after each other, passing previous=0 to the first and "
    "each result to the next, with what the framework offers for surviving a crash (retries=2, "
    "persistence). If probe.attempt is 2, the first process was killed or gave up: do what a user "
    'would to have this very run finish, or run it again. Return {"state": "success"} or another '
    'word of the framework\'s, once it has ended; in the second attempt also "alone": whether the '
    "engine still had the run, and finished it without being asked to."
)


def judge(seen: Observation) -> Judgement:
    """Who finished, whether by itself, and what was done twice."""
    struck = [run for run in seen.pipelines if run.killed_ns is not None and not _over(run)]
    if not struck:
        return inconclusive("no run was under way when it was to be struck")
    alone = [run for run in struck if _finished(run) and _unaided(run)]
    again = [run for run in struck if _finished(run) and not _unaided(run)]
    lost = len(struck) - len(alone) - len(again)
    lies = sum(run.attempts[-1].succeeded and not _finished(run) for run in struck)
    repeated = sum(_repeated(run) for run in struck)
    told = f"{len(alone)} of {len(struck)} runs finished by themselves"
    told += f", {len(again)} when begun again" if again else ""
    told += f", {lost} never" if lost else ""
    if alone or again:
        told += f", after {median(_recovery_s(run) for run in alone + again):.0f} s"
    told += f"; {_semantics(struck)}"
    told += f", {repeated} finished steps done twice" if repeated else ""
    told += f"; {lies} told as good that are not" if lies else ""
    fell = sorted({name for run in struck for name in run.fell})
    told += f"; {', '.join(fell)} died by itself and was started again" if fell else ""
    if lost == len(struck):
        return unsupported(told)
    had = [run for run in again if _before(run)]
    if had and not any(map(_resumed, had)) and not alone:
        return unsupported(f"{told}: begun again, a run starts from nothing")
    return works(told) if len(alone) == len(struck) and not repeated else partly(told)


def _finished(run: Seen) -> bool:
    """Whether the last step came to a good end, whatever the framework says of the run."""
    return any(e.end_ns is not None and e.error is None for e in run.of(_STEPS[-1]))


def _unaided(run: Seen) -> bool:
    """Whether nobody began it again; whoever only waits for what the engine does anyway did not."""
    return len(run.attempts) == 1 or bool(run.answer.get("alone"))


def _before(run: Seen) -> set[str]:
    """Steps that had finished before the blow."""
    assert run.killed_ns is not None
    return {e.step for e in run.events if e.end_ns is not None and e.end_ns < run.killed_ns}


def _over(run: Seen) -> bool:
    """Whether all steps had ended before the blow, and nothing was left that could be lost."""
    assert run.killed_ns is not None
    done = {e.step for e in run.events if e.end_ns is not None and e.end_ns < run.killed_ns}
    return done >= set(_STEPS) and run.attempts[0].succeeded


def _repeated(run: Seen) -> int:
    """Of those, how many were executed again."""
    assert run.killed_ns is not None
    later = {e.step for e in run.events if e.start_ns > run.killed_ns}
    return len(_before(run) & later)


def _resumed(run: Seen) -> bool:
    """Whether one of them was not done again."""
    return _repeated(run) < len(_before(run))


def _recovery_s(run: Seen) -> float:
    """From the blow to the end of the last step."""
    assert run.killed_ns is not None
    ends = [event.end_ns for event in run.events if event.end_ns is not None]
    return max(max(ends, default=run.killed_ns) - run.killed_ns, 0) / 1e9


def _semantics(struck: list[Seen]) -> str:
    """How often a step was begun, as seen over all runs."""
    begun = [Counter(event.step for event in run.events) for run in struck]
    most = max((count for run in begun for count in run.values()), default=0)
    done = [
        Counter(e.step for e in run.events if e.end_ns is not None and e.error is None)
        for run in struck
    ]
    missing = any(not run[step] for run in done for step in _STEPS)
    if most > 1:
        return "at least once" if not missing else "more than once, but not to the end"
    return "at most once" if missing else "exactly once"
