"""What all probes that kill share: ten runs, struck in their middles at several moments."""

from __future__ import annotations

from collections import Counter
from statistics import median

from harness.probes.model import (
    Judgement,
    Observation,
    PipelineTrace,
    Probe,
    body,
    inconclusive,
    partly,
    unsupported,
    works,
)

_PIPELINES = 10
_TIMEOUT_S = 300.0  # ten processes that start at once take minutes on a busy machine
_STEPS = ("one", "two", "three", "four")
_STEP_S = 0.6
_BODIES = {name: body("link", seconds=_STEP_S) for name in _STEPS}
_BODIES[_STEPS[0]] = body("link", seconds=_STEP_S, gate="")
_SETTINGS = {"span_s": len(_STEPS) * _STEP_S, "down_s": 5.0}
_MISTAKES = ("AttributeError", "ImportError", "ModuleNotFoundError", "NameError", "TypeError")
_REPEATED = 5  #: of so many finished steps one may be done twice
_ALONE, _BACK = "finished by themselves", "once what had died was started again"
_RESUMED, _AGAIN, _NEVER = "when resumed", "when begun again", "never"
_FRESH = "when begun again (no step had ended)"
_ENDS = (_ALONE, _BACK, _RESUMED, _AGAIN, _FRESH, _NEVER)
_HOOK = (
    "Run `one`, `two`, `three` and `four` after each other, passing previous=0 to the first and "
    "each result to the next, with what the framework offers for surviving a crash (retries=2, "
    "persistence). If probe.attempt is 2, the first process was killed or gave up: do what a user "
    'would to have this very run finish, or run it again. Return {"state": "success"} or another '
    'word of the framework\'s, once it has ended; in the second attempt also "alone": whether the '
    "engine still had the run, and finished it without being asked to."
)


def kill_probe(name: str, title: str, asks: str, kill: str) -> Probe:
    """Return the probe that kills ``kill``, a role of :mod:`harness.worker.probing.messages`."""
    return Probe(
        name=name,
        title=title,
        asks=asks,
        hook=_HOOK,
        judge=judge,
        bodies=_BODIES,
        settings=_SETTINGS,
        timeout_s=_TIMEOUT_S,
        pipelines=_PIPELINES,
        kill=kill,
        function="durable",
    )


def judge(seen: Observation) -> Judgement:
    """Who finished, by whose doing, and what was done twice."""
    middle = [run for run in seen.pipelines if _in_its_middle(run)]
    struck = [run for run in middle if not _broke(run)]
    if middle and not struck:
        return inconclusive(f"the hook failed: {middle[0].attempts[-1].error}")
    if not struck:
        return inconclusive("no run was in its middle when it was to be struck")
    ends = Counter(_end(run) for run in struck)
    told = f"{len(struck)} runs struck by {len({run.killed_ns for run in struck})} kills: "
    told += ", ".join(f"{ends[how]} {how}" for how in _ENDS if ends[how])
    if finished := [run for run in struck if _finished(run)]:
        told += f"; after {median(_recovery_s(run) for run in finished):.0f} s"
    repeated, before = sum(map(_repeated, struck)), sum(len(_before(run)) for run in struck)
    told += f"; {_semantics(struck)}"
    told += f", {repeated} of {before} finished steps done twice" if repeated else ""
    lies = sum(run.attempts[-1].succeeded and not _finished(run) for run in struck)
    told += f"; {lies} told as good that are not" if lies else ""
    denied = sum(_finished(run) and _failed_by_its_word(run) for run in struck)
    told += f"; {denied} told as bad that finished" if denied else ""
    fell = sorted({name for run in struck for name in run.fell})
    told += f"; {', '.join(fell)} died by itself and was started again" if fell else ""
    unaided = ends[_ALONE] + ends[_BACK]
    if ends[_NEVER] == len(struck):
        return unsupported(told)
    if not unaided and ends[_AGAIN] and not ends[_RESUMED]:
        return unsupported(f"{told}: begun again, a run starts from nothing")
    # A step that is done twice here and there is told; who repeats more has not kept his runs.
    kept = _REPEATED * repeated <= before
    return works(told) if unaided == len(struck) and kept and not denied else partly(told)


def _broke(run: PipelineTrace) -> bool:
    """Whether nobody asked for the rest of it, because of a mistake in the hook: that an engine
    does not answer, or not in time, is no such thing.
    """
    error = run.attempts[-1].error or ""
    return error.partition(":")[0] in _MISTAKES and not _finished(run)


def _failed_by_its_word(run: PipelineTrace) -> bool:
    """Whether the framework's last word of the run is another than that it came to a good end."""
    return "state" in run.answer and not run.attempts[-1].succeeded


def _end(run: PipelineTrace) -> str:
    """What it took for a run to come to its end."""
    if not _finished(run):
        return _NEVER
    if len(run.attempts) == 1 or run.answer.get("alone"):
        # Whoever only waits for what the engine does anyway did not begin it again.
        away = run.fell or (run.back_ns is not None and _finished_ns(run) > run.back_ns)
        return _BACK if away else _ALONE
    if not (had := _had(run)):
        return _FRESH
    return _AGAIN if had <= _redone(run) else _RESUMED


def _finished(run: PipelineTrace) -> bool:
    """Whether the last step came to a good end, whatever the framework says of the run."""
    return any(e.end_ns is not None and e.error is None for e in run.of(_STEPS[-1]))


def _finished_ns(run: PipelineTrace) -> int:
    """When its last step first came to a good end."""
    last = run.of(_STEPS[-1])
    return min(e.end_ns for e in last if e.end_ns is not None and e.error is None)


def _before(run: PipelineTrace) -> set[str]:
    """Steps that had come to a good end before the blow."""
    assert run.killed_ns is not None
    good = [e for e in run.events if e.error is None]
    return {e.step for e in good if e.end_ns is not None and e.end_ns < run.killed_ns}


def _in_its_middle(run: PipelineTrace) -> bool:
    """Whether it was struck when a step had begun, and not all had ended."""
    if run.killed_ns is None:
        return False
    begun = any(event.start_ns < run.killed_ns for event in run.events)
    return begun and not _before(run) >= set(_STEPS)


def _repeated(run: PipelineTrace) -> int:
    """Of those, how many were executed again."""
    assert run.killed_ns is not None
    later = {e.step for e in run.events if e.start_ns > run.killed_ns}
    return len(_before(run) & later)


def _had(run: PipelineTrace) -> set[str]:
    """Steps that had come to a good end before somebody began the run again."""
    again_ns = run.attempts[-1].start_ns
    good = [e for e in run.events if e.error is None]
    return {e.step for e in good if e.end_ns is not None and e.end_ns < again_ns}


def _redone(run: PipelineTrace) -> set[str]:
    """Steps that were begun after that."""
    return {e.step for e in run.events if e.start_ns > run.attempts[-1].start_ns}


def _recovery_s(run: PipelineTrace) -> float:
    """From the blow to the end of the last step, or of what somebody had to do for the run."""
    assert run.killed_ns is not None
    ends = [event.end_ns for event in run.events if event.end_ns is not None]
    if _end(run) in (_RESUMED, _AGAIN):
        ends.append(run.attempts[-1].end_ns)
    return max(max(ends, default=run.killed_ns) - run.killed_ns, 0) / 1e9


def _semantics(struck: list[PipelineTrace]) -> str:
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
