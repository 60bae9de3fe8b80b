"""What was computed once need not be computed again."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, body, ignored, partly, works

_ROUNDS = ("first", "same", "input", "code", "version")


def judge(seen: Observation) -> Judgement:
    """How often the body ran in each round."""
    run = seen.only
    starts = [(ns, name) for ns, name in run.marks if name in _ROUNDS]
    ends = [ns for ns, _ in starts[1:]] + [float("inf")]
    ran = {
        name: sum(begun <= event.start_ns < end for event in run.of("costly"))
        for (begun, name), end in zip(starts, ends, strict=True)
    }
    if ran.get("first") != 1:
        return partly(f"the body ran {ran.get('first', 0)} times in the first run")
    if ran.get("same"):
        return ignored("the body ran again in a second run with the same input")
    if not ran.get("input"):
        return partly("another input was answered with the old result")
    stale = [name for name in ("code", "version") if ran.get(name) == 0]
    if stale:
        return partly(f"another {' or '.join(stale)} of the step was answered with the old result")
    anew = [name for name in ("code", "version") if name in ran]
    if not anew:
        return partly("a second run reused the result, but nothing invalidates it but its input")
    values, expected = run.answer.get("values"), [4, 4, 9] + [4] * len(anew)
    if values != expected:
        return partly(f"the results were {values}")
    told = f"reused across runs; computed again for another {', '.join(['input', *anew])}"
    note = run.answer.get("note")
    return works(f"{told} ({note})" if note else told)


PROBE = Probe(
    name="caching",
    title="Caching across runs",
    asks="Is a result reused in a later run, and computed again when it has to be?",
    hook='Runs of `costly`, each after a mark: "first" with value=2, "same" again, "input" with '
    'value=3, "code" with value=2 and the function itself changed, "version" with value=2, the '
    "first code and another cache version (leave this one out if there is none; a policy of "
    "one's own counts where the framework asks for it). Return "
    '{"values": their results, "note": what of it is one\'s own, if anything}.',
    judge=judge,
    bodies={"costly": body("square")},
)
