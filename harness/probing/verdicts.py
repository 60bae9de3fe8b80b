"""From what was seen to a verdict: what breaks on our side is never held against a framework."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness import wire
from harness.model import ProbeVerdict, Verdict
from harness.probes.model import Judgement, Observation, Probe, inconclusive, partly
from harness.probing.declared import KnownVerdict
from harness.probing.observe import last_words, observation
from harness.probing.plan import ProbeTrial
from harness.results.journal import JournalError
from harness.text import one_line
from harness.worker.probing.messages import Attempt, ProbeResult

_REFUSALS = {"unsupported": Verdict.UNSUPPORTED, "needs": Verdict.NEEDS}


def known(framework: str, mode: str, probe: Probe, answer: KnownVerdict) -> ProbeVerdict:
    """The record of a verdict that took no run."""
    return ProbeVerdict(
        framework=framework,
        mode=mode,
        probe=probe.name,
        verdict=answer.judgement.verdict,
        said=answer.judgement.said,
        link=answer.link,
    )


def verdict(trial: ProbeTrial, probe: Probe, folder: Path, end: str, version: str) -> ProbeVerdict:
    """The record of one probe of a trial whose process has ended; ``end`` says how, if badly."""
    link, evidence = "", []
    try:
        said = wire.read(ProbeResult, folder / probe.name / wire.RESULT)
        judgement, link = _judged(probe, folder, said)
        evidence = [*_told(said), *last_words(folder, said)]
    except FileNotFoundError:
        judgement = inconclusive(f"it was not got to: {end or 'the process ended before'}")
    except (wire.WireError, JournalError, OSError, ValueError) as error:
        judgement = inconclusive(f"its record cannot be read: {error}")
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
    """The record of a probe, judged again by what trials ``beside`` its own left in their folders.

    What is inconclusive stays so: it cannot be told whether anything would have been seen.
    """
    if record.verdict == Verdict.INCONCLUSIVE:
        return record
    said = wire.read(ProbeResult, folder / probe.name / wire.RESULT)
    found = settled(probe, observation(probe, folder, said, beside))
    return msgspec.structs.replace(record, verdict=found.verdict, said=one_line(found.said))


def _judged(probe: Probe, folder: Path, said: ProbeResult) -> tuple[Judgement, str]:
    if said.error is not None:
        return inconclusive(f"the harness could not run it: {said.error}"), ""
    if not said.pipelines:
        return inconclusive("nothing of it was run"), ""
    last = said.pipelines[0].attempts[-1]
    if last.refusal is not None:
        return Judgement(_REFUSALS[last.refused_by], last.refusal), last.link
    judged = probe.kill or (probe.stoppable and last.how == "timeout")
    if not judged and (broken := _broken(last)):
        return inconclusive(broken), ""
    return settled(probe, observation(probe, folder, said)), ""


def settled(probe: Probe, seen: Observation) -> Judgement:
    """What the judge says; a judge that fails is our own fault. What a framework does only because
    it was told to is half of that.
    """
    try:
        found = probe.judge(seen)
    except Exception as error:  # whatever a judge does not expect
        return inconclusive(f"the judge failed: {type(error).__name__}: {error}")
    if probe.told and found.verdict is Verdict.WORKS:
        return partly(f"{found.said}, since it was told so: {probe.told}")
    return found


def _broken(attempt: Attempt) -> str:
    """Why the hook's process says nothing of the framework; empty if it does."""
    if attempt.error is not None:
        return f"the hook failed: {attempt.error}"
    if attempt.how == "timeout" and attempt.answer is None:
        took_s = (attempt.end_ns - attempt.start_ns) / 1e9
        return f"the hook was stopped after {took_s:.0f} s"
    return "" if attempt.answer is not None else f"the hook's process {attempt.how}"


def _told(said: ProbeResult) -> list[str]:
    """What was killed, and what the hooks said of it."""
    told = []
    for pipeline in said.pipelines:
        for number, attempt in enumerate(pipeline.attempts, 1):
            words = attempt.error or attempt.refusal or attempt.answer
            struck = f"; killed: {pipeline.killed}" if pipeline.killed and number == 1 else ""
            told.append(f"{pipeline.folder}, attempt {number} {attempt.how}: {words}{struck}")
        if pipeline.fell:
            died = ", ".join(pipeline.fell)
            told.append(f"{pipeline.folder}: died by itself, and was started again: {died}")
    return told
