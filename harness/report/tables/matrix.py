"""Selection matrix for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from harness.matrix.answer import elsewhere, sentence, total_of
from harness.matrix.model import (
    Answer,
    Criteria,
    Criterion,
    CriterionScore,
    Dissent,
    Indicator,
    Reading,
    Score,
    Standing,
)
from harness.matrix.ranking import tenths
from harness.report.document import Table
from harness.report.tables.formatting import bytes_, duration, role_mark, table
from harness.report.terminal.console import Shown, grid, text

_ROOM = 46  # characters in a line for the columns of frameworks
_WIDEST = len("100±50")
_LAST = "reading, kind, bounds, source"
LEGEND = (
    "points: weighted mean of the criteria, of 100; 95 %: its interval, widened by\n"
    "unknown readings, which count as 50 ± 50; =: not distinguishable from the first.\n"
    "P(1st): probability of the first place, with weights and readings drawn at\n"
    "random within their uncertainty. known: share of the weight with a reading.\n"
    "stays: shares of all weight between which the winner stays the same."
)


def parts(found: Answer, criteria: Criteria) -> list[Shown]:
    """Return the answer, the ranking, frameworks left out, and the points by criterion."""
    made: list[Shown] = [text(sentence(found, criteria), "bold")]
    if found.standings:
        made += ["", standings(found)]
    made += [text(line, "dim") for line in not_ranked(found)]
    for each in found.removed:
        made.append(text(f"removed: {called(found, each.framework)}: {each.reason}", "yellow"))
    made += ["", *by_criteria(found, criteria)]
    made += [text(line, "dim") for line in (elsewhere(found), LEGEND) if line]
    return made


def not_ranked(found: Answer) -> Iterator[str]:
    """Yield a line for each framework that is scored but not ranked: its points, and why.

    Those that are not in the runs have one line together.
    """
    for each in found.unranked:
        if each.framework not in found.absent:
            one = next(one for one in found.scored if one.framework == each.framework)
            points = f", {tenths(total_of(found, one).mid)} points" if one.known else ""
            yield f"not ranked: {called(found, each.framework)}{points}: {each.reason}"
    reasons = {each.reason for each in found.unranked if each.framework in found.absent}
    if reasons:
        names = ", ".join(called(found, each) for each in found.absent)
        yield f"not ranked: {names}: {'; '.join(reasons)}"


def called(found: Answer, framework: str) -> str:
    """Return the name of a framework, with its role unless it is an orchestrator."""
    return framework + role_mark(found.roles.get(framework, "")).replace("\n", " ")


def standings(found: Answer) -> Table:
    """Return the ranking for these weights."""
    return table(
        ("", "framework", "points", "95 %", "P(1st)", "known"),
        [
            [
                f"{each.rank}.",
                called(found, each.framework),
                _points(each),
                f"{tenths(each.score.low)}–{tenths(each.score.high)}",
                f"{found.chances[each.framework]:.2f}",
                f"{each.known:.0%}",
            ]
            for each in found.standings
        ],
        left=("framework",),
        title=f"{found.whose}, mode {found.mode}",
    )


def _points(standing: Standing) -> str:
    return f"{tenths(standing.score.mid)}{'=' if standing.tied else ' '}"


def by_criteria(found: Answer, criteria: Criteria, room: int = _ROOM) -> Iterator[Table]:
    """Yield tables of points with a row for each criterion, each as wide as ``room`` allows."""
    order = [each.framework for each in found.standings]
    aside = {*order, *found.absent}
    order += [each.framework for each in found.scored if each.framework not in aside]
    by_name = {each.framework: each for each in found.scored}
    for names in _beside(order, room):
        yield table(
            ("criterion", "weight", "stays", *(_heading(found, each) for each in names)),
            [
                [
                    criteria.criteria[name].title.removeprefix("integration with "),
                    tenths(span.share),
                    f"{span.low:.0%}–{span.high:.0%}",
                    *(_within(by_name[each].criteria[name].score) for each in names),
                ]
                for name, span in found.spans.items()
            ],
            left=("criterion",),
        )


def _heading(found: Answer, framework: str) -> str:
    return framework + role_mark(found.roles.get(framework, ""))


def _beside(names: Sequence[str], room: int) -> Iterator[list[str]]:
    """Yield groups of names, each as many as fit into a line."""
    group: list[str] = []
    for name in names:
        if group and sum(max(len(each), _WIDEST) + 1 for each in [*group, name]) > room:
            yield group
            group = []
        group.append(name)
    if group:
        yield group


def _within(score: Score) -> str:
    return f"{score.mid * 100:.0f}±{(score.high - score.low) * 50:.0f}"


def dissent(others: Sequence[Dissent], ours: Sequence[str]) -> list[Shown]:
    """Return lines that say if other ranking methods have another winner than ``ours``.

    ``ours`` are the tied winners. A method agrees if it has at least one of them first.
    """
    if not others:
        return []
    first = " and ".join(ours)
    differing = [each for each in others if not set(ours) & set(each.first)]
    agreeing = [_with_level(each, ours) for each in others if each not in differing]
    if not differing:
        return [text(f"other methods agree on {first}: {', '.join(agreeing)}", "dim")]
    lines = [f"{e.method} has {' and '.join(e.first)} first ({e.about})" for e in differing]
    lines += [f"{', '.join(agreeing)}: {first} first" if agreeing else "no other method agrees"]
    return [text(f"dissent: {line}", "yellow") for line in lines]


def _with_level(agreeing: Dissent, ours: Sequence[str]) -> str:
    """Return an agreeing method, with the frameworks it ties with ours and the ones it prefers."""
    level = " and ".join(name for name in agreeing.first if name not in ours)
    preferred = " and ".join(name for name in agreeing.first if name in ours)
    remarks = [f"level with {level}"] if level else []
    remarks += [f"prefers {preferred}"] if not set(ours) <= set(agreeing.first) else []
    return f"{agreeing.method} ({', '.join(remarks)})" if remarks else agreeing.method


def explained(found: Answer, criteria: Criteria, framework: str) -> list[Shown]:
    """Return the origin of each point of one framework, down to the trial."""
    one = next(each for each in found.scored if each.framework == framework)
    whole = total_of(found, one)
    heading = f"{framework}, mode {found.mode}, for {found.whose}: {tenths(whole.mid)} points"
    made: list[Shown] = [text(f"{heading}, {tenths(whole.low)} to {tenths(whole.high)}", "bold")]
    for what, group in (("removed", found.removed), ("not ranked", found.unranked)):
        for each in group:
            if each.framework == framework:
                made.append(text(f"{what}: {each.reason}", "yellow"))
    for name, weight in found.weights.items():
        scored = one.criteria[name]
        share = weight / sum(found.weights.values())
        made += ["", *_explained(criteria.criteria[name], scored, share)]
    return made


def _explained(criterion: Criterion, scored: CriterionScore, share: float) -> Iterator[Shown]:
    """Yield one criterion: the points that each of its indicators adds, and their origin."""
    yield text(
        f"{criterion.title}: {tenths(scored.score.mid)} of 100, {scored.known:.0%} known; "
        f"with {share:.1%} of the weight that is {tenths(scored.score.mid * share)}",
        "bold",
    )
    inside = sum(each.weight for each in criterion.indicators)
    rows: list[list[str | Text]] = []
    for indicator, point in zip(criterion.indicators, scored.points, strict=True):
        most = share * indicator.weight / inside
        line = text(f"{indicator.title}: {value_text(point.reading, indicator.unit)}")
        origin = "".join(f"\n{each}" for each in _origin(indicator, point.reading))
        line.append(text(origin, "dim"))
        rows.append([tenths(point.score.mid * most), f"/ {tenths(most)}", line])
    yield grid(("adds", "at most", _LAST), rows, left=(_LAST,))


def _origin(indicator: Indicator, reading: Reading | None) -> Iterator[str]:
    """Yield kind and bounds, then the circumstances and sources of the reading."""
    yield bounds(indicator)
    if reading is None:
        return
    yield circumstances(reading)
    parents: dict[str, list[str]] = {}
    for source in reading.sources:
        parent, _, last = source.rpartition("/")
        if "://" in source or not parent:
            yield source  # a URL stays whole, so that it can be copied
        else:
            parents.setdefault(parent, []).append(last)
    for parent, names in parents.items():
        yield f"{parent}/ {' '.join(names)}"


def bounds(indicator: Indicator) -> str:
    """Return the kind of an indicator, and the bounds and scale of its points."""
    ends = (_value(end, indicator.unit) for end in (indicator.low, indicator.high))
    scale = "" if indicator.scale == "levels" else f", {' to '.join(ends)}, {indicator.scale}"
    return f"{indicator.kind}{scale}{', less is better' if indicator.better == 'lower' else ''}"


def circumstances(reading: Reading) -> str:
    """Return mode, date and note of a reading."""
    return ", ".join(filter(None, [reading.mode or "any mode", reading.as_of, reading.note]))


def value_text(reading: Reading | None, unit: str) -> str:
    """Return the text of a reading, with its interval if it has one."""
    if reading is None:
        return "not known"
    if reading.text:
        return reading.text
    low, high = (None if end is None else _value(end, unit) for end in (reading.low, reading.high))
    if reading.value is None:
        ends = (f"over {low}" if low else "", f"under {high}" if high else "")
        return ", ".join(filter(None, ends)) or "not known"
    text = _value(reading.value, unit)
    if low is None or high is None or low == high:  # as shown: the last digits vary by processor
        return text
    return f"{text} ({low} to {high})"


def _value(value: float, unit: str) -> str:
    if unit == "s":
        return duration(value)
    if unit == "B":
        return bytes_(value)
    if unit == "yes/no":
        return "yes" if value else "no"
    if unit == "share":
        return f"{value:.0%}"
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    plural = len(unit) > 2  # "steps", not "ns"
    return f"{number} {unit.removesuffix('s') if plural and number == '1' else unit}".rstrip()
