"""Factory and judge of all probes that kill: ten runs, killed midway at several moments."""

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
_REPEATED = 5  #: one of so many finished steps may be done twice
_ALONE, _BACK = "finished by themselves", "once the dead services were restarted"
_RESUMED, _AGAIN, _NEVER = "when resumed", "when started again", "never"
_FRESH = "when started again (no step had ended)"
_ENDS = (_ALONE, _BACK, _RESUMED, _AGAIN, _FRESH, _NEVER)
_HOOK = (
    "Run `one`, `two`, `three` and `four` after each other, passing previous=0 to the first and "
    "each result to the next, with what the framework offers for surviving a crash (retries=2, "
    "persistence). If probe.attempt is 2, the first process was killed or gave up: resume that run "
    'as a user would, or start it again. Once it has ended, return {"state": "success"} or the '
    'framework\'s own word; in the second attempt also "alone": whether the engine still had the '
    "run, and finished it without a request."
)


def kill_probe(name: str, title: str, asks: str, kill: str) -> Probe:
    """Return a probe that kills ``kill``: a role of services, or "step", or "all"."""
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
    """Judge how many runs finished, how they did, and how many steps were done twice."""
    middle = [run for run in seen.pipelines if _in_its_middle(run)]
    struck = [run for run in middle if not _broke(run)]
    if middle and not struck:
        return inconclusive(f"the hook failed: {middle[0].attempts[-1].error}")
    if not struck:
        return inconclusive("no run was midway when its kill was due")
    ends = Counter(_end(run) for run in struck)
    told = f"{len(struck)} runs hit by {len({run.killed_ns for run in struck})} kills: "
    told += ", ".join(f"{ends[how]} {how}" for how in _ENDS if ends[how])
    if finished := [run for run in struck if _finished(run)]:
        told += f"; after {median(_recovery_s(run) for run in finished):.0f} s"
    repeated, before = sum(map(_repeated, struck)), sum(len(_before(run)) for run in struck)
    told += f"; {_semantics(struck)}"
    told += f", {repeated} of {before} finished steps done twice" if repeated else ""
    lies = sum(run.attempts[-1].succeeded and not _finished(run) for run in struck)
    told += f"; {lies} reported as finished that did not finish" if lies else ""
    denied = sum(_finished(run) and _failed_by_its_word(run) for run in struck)
    told += f"; {denied} reported as failed that finished" if denied else ""
    fell = sorted({name for run in struck for name in run.fell})
    told += f"; {', '.join(fell)} died by itself and was restarted" if fell else ""
    unaided = ends[_ALONE] + ends[_BACK]
    if ends[_NEVER] == len(struck):
        return unsupported(told)
    if not unaided and ends[_AGAIN] and not ends[_RESUMED]:
        return unsupported(f"{told}: a run that is started again starts from the beginning")
    # Few repeated steps are only reported; with more, the framework has not preserved its runs.
    kept = _REPEATED * repeated <= before
    return works(told) if unaided == len(struck) and kept and not denied else partly(told)


def _broke(run: PipelineTrace) -> bool:
    """Return whether a mistake in the hook kept the run from its end.

    An engine that does not answer, or not in time, is not a mistake in the hook.
    """
    error = run.attempts[-1].error or ""
    return error.partition(":")[0] in _MISTAKES and not _finished(run)


def _failed_by_its_word(run: PipelineTrace) -> bool:
    """Return whether the framework's last report of the run is not a success."""
    return "state" in run.answer and not run.attempts[-1].succeeded


def _end(run: PipelineTrace) -> str:
    """Return one of :data:`_ENDS`: the action that a run needed to finish."""
    if not _finished(run):
        return _NEVER
    if len(run.attempts) == 1 or run.answer.get("alone"):
        # An attempt that only waited for the engine did not start the run again.
        away = run.fell or (run.back_ns is not None and _finished_ns(run) > run.back_ns)
        return _BACK if away else _ALONE
    if not (had := _had(run)):
        return _FRESH
    return _AGAIN if had <= _redone(run) else _RESUMED


def _finished(run: PipelineTrace) -> bool:
    """Return whether the last step succeeded, according to its own record."""
    return any(e.end_ns is not None and e.error is None for e in run.of(_STEPS[-1]))


def _finished_ns(run: PipelineTrace) -> int:
    """Return the time of the last step's first success."""
    last = run.of(_STEPS[-1])
    return min(e.end_ns for e in last if e.end_ns is not None and e.error is None)


def _before(run: PipelineTrace) -> set[str]:
    """Return the steps that had succeeded before the kill."""
    assert run.killed_ns is not None
    good = [e for e in run.events if e.error is None]
    return {e.step for e in good if e.end_ns is not None and e.end_ns < run.killed_ns}


def _in_its_middle(run: PipelineTrace) -> bool:
    """Return whether, at the kill, a step had begun and not all steps had ended."""
    if run.killed_ns is None:
        return False
    begun = any(event.start_ns < run.killed_ns for event in run.events)
    return begun and not _before(run) >= set(_STEPS)


def _repeated(run: PipelineTrace) -> int:
    """Count the steps that had succeeded before the kill and were executed again."""
    assert run.killed_ns is not None
    later = {e.step for e in run.events if e.start_ns > run.killed_ns}
    return len(_before(run) & later)


def _had(run: PipelineTrace) -> set[str]:
    """Return the steps that had succeeded before the last attempt began."""
    again_ns = run.attempts[-1].start_ns
    good = [e for e in run.events if e.error is None]
    return {e.step for e in good if e.end_ns is not None and e.end_ns < again_ns}


def _redone(run: PipelineTrace) -> set[str]:
    """Return the steps that began after the start of the last attempt."""
    return {e.step for e in run.events if e.start_ns > run.attempts[-1].start_ns}


def _recovery_s(run: PipelineTrace) -> float:
    """Return the seconds from the kill to the end of the last step, or of the last attempt
    if the run needed one.
    """
    assert run.killed_ns is not None
    ends = [event.end_ns for event in run.events if event.end_ns is not None]
    if _end(run) in (_RESUMED, _AGAIN):
        ends.append(run.attempts[-1].end_ns)
    return max(max(ends, default=run.killed_ns) - run.killed_ns, 0) / 1e9


def _semantics(struck: list[PipelineTrace]) -> str:
    """Return in words how often steps were executed, over all runs."""
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
