"""Verdicts from observations; a failure of the harness or a hook is always inconclusive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness import wire
from harness.model import ProbeVerdict, Verdict
from harness.probes.model import Judgement, Observation, Probe, inconclusive, partly
from harness.probing.declared import KnownVerdict
from harness.probing.observe import last_log_lines, observation
from harness.probing.plan import ProbeTrial
from harness.results.journal import JournalError
from harness.text import one_line
from harness.worker.probing.messages import Attempt, ProbeResult

_REFUSALS = {"unsupported": Verdict.UNSUPPORTED, "needs": Verdict.NEEDS}


def known(framework: str, mode: str, probe: Probe, answer: KnownVerdict) -> ProbeVerdict:
    """Return the record of a verdict that did not need a run."""
    return ProbeVerdict(
        framework=framework,
        mode=mode,
        probe=probe.name,
        verdict=answer.judgement.verdict,
        said=answer.judgement.said,
        link=answer.link,
    )


def verdict(trial: ProbeTrial, probe: Probe, folder: Path, end: str, version: str) -> ProbeVerdict:
    """Return the record of one probe of an ended trial.

    ``end`` is the error or the way in which the probe process ended; empty if it succeeded.
    """
    link, evidence = "", []
    try:
        result = wire.read(ProbeResult, folder / probe.name / wire.RESULT)
        judgement, link = _judged(probe, folder, result)
        evidence = [*_evidence(result), *last_log_lines(folder, result)]
    except FileNotFoundError:
        judgement = inconclusive(f"the probe did not begin: {end or 'its process ended before it'}")
    except (wire.WireError, JournalError, OSError, ValueError) as error:
        judgement = inconclusive(f"the probe's record cannot be read: {error}")
    return ProbeVerdict(
        framework=trial.framework.name,
        mode=trial.mode,
        probe=probe.name,
        verdict=judgement.verdict,
        said=one_line(judgement.said),
        link=link,
        version=version,
        trial=trial.id,
        evidence=[one_line(text) for text in evidence],
    )


def over_all(
    record: ProbeVerdict, probe: Probe, folder: Path, beside: Sequence[Path]
) -> ProbeVerdict:
    """Return the record of a probe, judged again with the records of trials ``beside`` its own.

    An inconclusive record is returned as it is: the probe's own trial cannot show anything.
    """
    if record.verdict == Verdict.INCONCLUSIVE:
        return record
    result = wire.read(ProbeResult, folder / probe.name / wire.RESULT)
    judgement = judged(probe, observation(probe, folder, result, beside))
    return msgspec.structs.replace(record, verdict=judgement.verdict, said=one_line(judgement.said))


def _judged(probe: Probe, folder: Path, result: ProbeResult) -> tuple[Judgement, str]:
    """Return the judgement and the link to the documentation of a refusal."""
    if result.error is not None:
        return inconclusive(f"the harness could not run the hook: {result.error}"), ""
    if not result.pipelines:
        return inconclusive("the hook was not run"), ""
    last = result.pipelines[0].attempts[-1]
    if last.refusal is not None:
        return Judgement(_REFUSALS[last.refused_by], last.refusal), last.link
    may_break = probe.kill or (probe.stoppable and last.how == "timeout")
    if not may_break and (broken := _broken(last)):
        return inconclusive(broken), ""
    return judged(probe, observation(probe, folder, result)), ""


def judged(probe: Probe, seen: Observation) -> Judgement:
    """Return the judge's judgement; inconclusive if the judge itself fails.

    "works" becomes "partly" where it depends on the adapter's settings.
    """
    try:
        judgement = probe.judge(seen)
    except Exception as error:  # a judge may fail in any way on unexpected records
        return inconclusive(f"the judge failed: {type(error).__name__}: {error}")
    if probe.told and judgement.verdict is Verdict.WORKS:
        return partly(f"{judgement.said}; only with the adapter's settings: {probe.told}")
    return judgement


def _broken(attempt: Attempt) -> str:
    """Return the reason why the attempt is not evidence; empty if it is."""
    if attempt.error is not None:
        return f"the hook failed: {attempt.error}"
    if attempt.how == "timeout" and attempt.answer is None:
        took_s = (attempt.end_ns - attempt.start_ns) / 1e9
        return f"the hook was stopped after {took_s:.0f} s"
    if attempt.answer is None:
        return f"the hook's process {attempt.how} without an answer"
    return ""


def _evidence(result: ProbeResult) -> list[str]:
    """Return a line for each attempt: how it ended, the hook's answer, and the killed processes."""
    lines = []
    for pipeline in result.pipelines:
        for number, attempt in enumerate(pipeline.attempts, 1):
            answer = attempt.error or attempt.refusal or attempt.answer
            killed = f"; killed: {pipeline.killed}" if pipeline.killed and number == 1 else ""
            lines.append(f"{pipeline.folder}, attempt {number} {attempt.how}: {answer}{killed}")
        if pipeline.fell:
            died = ", ".join(pipeline.fell)
            lines.append(f"{pipeline.folder}: died by itself and was restarted: {died}")
    return lines
