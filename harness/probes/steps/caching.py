"""Caching: results reused in later runs."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, body, ignored, partly, works

_ROUNDS = ("first", "same", "input", "code", "version")


def judge(seen: Observation) -> Judgement:
    """Judge by how often the body ran in each round."""
    run = seen.only
    starts = [(ns, name) for ns, name in run.marks if name in _ROUNDS]
    ends = [ns for ns, _ in starts[1:]] + [float("inf")]
    ran = {
        name: sum(begun <= event.start_ns < end for event in run.of("costly"))
        for (begun, name), end in zip(starts, ends, strict=True)
    }
    if ran.get("first") != 1:
        return partly(f"the body ran {ran.get('first', 0)} times in the first run, not once")
    if ran.get("same"):
        return ignored("the body ran again in a second run with the same input")
    if not ran.get("input"):
        return partly("the old result was returned for another input")
    stale = [name for name in ("code", "version") if ran.get(name) == 0]
    if stale:
        return partly(f"the old result was returned for another {' or '.join(stale)} of the step")
    changed = [name for name in ("code", "version") if name in ran]
    if not changed:
        return partly("a second run reused the result, but only another input invalidates it")
    values, expected = run.answer.get("values"), [4, 4, 9] + [4] * len(changed)
    if values != expected:
        return partly(f"the results were {values}, not {expected}")
    reason = f"reused across runs; computed again for another {', '.join(['input', *changed])}"
    note = run.answer.get("note")
    return works(f"{reason} ({note})" if note else reason)


PROBE = Probe(
    name="caching",
    title="Caching across runs",
    asks="Is a result reused in later runs until input or step changes?",
    hook='Run `costly` several times as separate runs, each after a mark: "first" with value=2; '
    '"same" with the same value; "input" with value=3; "code" with value=2 and a changed function; '
    '"version" with value=2, the first function and another cache version (leave this one out if '
    "the framework does not have cache versions; a policy that the user has to write counts). "
    'Return {"values": the results, "note": the part that the user has to write, if any}.',
    judge=judge,
    bodies={"costly": body("square")},
)
