"""Made-up report: every kind of part, with seeded random figures of fictional frameworks."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from harness.analysis.timeline import Timeline, timeline
from harness.matrix import answer as answers
from harness.matrix import constraints, criteria, weights
from harness.matrix.model import Dissent, Indicator, Reading
from harness.matrix.sources import ProbeReading
from harness.report.document import (
    SCHEMA,
    AnyPart,
    Axis,
    Code,
    Curves,
    Document,
    Dot,
    Fall,
    Gantt,
    Interval,
    Intervals,
    Link,
    Listing,
    Matrix,
    Note,
    Panel,
    Row,
    RunSource,
    Section,
    Series,
    Stage,
    Table,
    TableCell,
    TableColumn,
    Waterfall,
)
from harness.results.journal import Event
from tests.unit.made_plan import build
from tests.unit.made_run import MS, Costs, schedule

TREES = ("alder", "birch", "cedar", "elm")
PLAIN = "plain"
RUN = "20300101-000000"
CRITERIA = criteria.read()
PROFILES = weights.read(CRITERIA.criteria)
EVIDENCE = Link("events", f"trials/01-{TREES[0]}/events.jsonl")


def readings(framework: str) -> list[Reading]:
    """Return readings of most indicators, which depend only on the framework's name."""
    source = random.Random(framework)
    return [
        _reading(framework, each, source)
        for each in CRITERIA.indicators().values()
        if source.random() < 0.85
    ]


def _reading(framework: str, indicator: Indicator, source: random.Random) -> Reading:
    if indicator.scale == "levels":
        name = source.choice([*CRITERIA.levels])
        value, low, high, text = CRITERIA.levels[name].value, None, None, name
    else:
        place = source.random()
        if indicator.scale == "log":
            value = indicator.low * (indicator.high / indicator.low) ** place
        else:
            value = indicator.low + (indicator.high - indicator.low) * place
        low, high, text = value * 0.9, value * 1.15, ""
    return Reading(
        framework=framework,
        indicator=indicator.id,
        value=value,
        low=low,
        high=high,
        mode="inprocess" if indicator.mode == "same" else "",
        text=text,
        sources=(EVIDENCE.text,),
        as_of="2030-01-01",
        note="made up",
    )


def matrix(frameworks: Sequence[str] = TREES) -> Matrix:
    """Return the selection matrix of these frameworks for equal weights."""
    every = [each for name in (*frameworks, PLAIN) for each in readings(name)]
    labels = {**dict.fromkeys(frameworks, ""), PLAIN: "it is what all are compared with"}
    whose, given = weights.of(PROFILES, CRITERIA.criteria)
    found = answers.answer(
        CRITERIA, every, labels, "inprocess", whose, given, PROFILES.uncertainty, runs=[RUN]
    )
    return Matrix(
        id="selection",
        sentence=answers.sentence(found, CRITERIA),
        answer=found,
        criteria=CRITERIA,
        profiles=PROFILES,
        dissent=(Dissent("TOPSIS", "distance to the best", tuple(frameworks)),),
        links={EVIDENCE.text: EVIDENCE},
        choices=tuple(constraints.choices(asked(frameworks))),
    )


def asked(frameworks: Sequence[str] = TREES) -> constraints.Attributes:
    """Return the attributes that can be required of the frameworks."""
    modes = {
        name: ("inprocess", "server") if len(name) % 2 else ("inprocess",)
        for name in (*frameworks, PLAIN)
    }
    found = [
        ProbeReading(framework=name, mode="inprocess", probe=probe, verdict=verdict)
        for name in frameworks
        for probe, verdict in (
            ("cron", "works" if name[0] in "ac" else "unsupported"),
            ("approval", "works" if name[0] in "be" else "accepted but ignored"),
        )
    ]
    own = {name: {"framework": (name,), "mode": each} for name, each in modes.items()}
    return constraints.known(own, {}, found, ["cron", "approval", "backfill"])


def document(frameworks: Sequence[str] = TREES) -> Document:
    """Return the whole report."""
    every = (*frameworks, PLAIN)
    part = matrix(frameworks)
    measured: tuple[AnyPart, ...] = (overhead(every), granularity(every), growth(every))
    return Document(
        schema=SCHEMA,
        title="Pipeline orchestrators compared",
        harness="0.1.0",
        sentence=part.sentence,
        warnings=("NOISY HOST: the same work varied by 37% during this run; compare ratios",),
        sources=(
            RunSource(RUN, "2030-01-01T00:00:00+00:00", "complete", "abc", Link(RUN, "run.json")),
        ),
        sections=(
            Section("choice", "Selection", "For the weights that you set.", (part,)),
            Section("measured", "Measured", "What a step costs, and how that grows.", measured),
            Section("pipeline", "The churn pipeline", "One execution in each.", (gantt(every),)),
            Section("set-up", "Set-up", "From nothing to the first run.", (falls(every),)),
            Section("probes", "Actual behaviour", "By small experiments.", (probes(every),)),
            Section("code", "As native code", "The same pipeline.", (code(frameworks),)),
            Section("protocol", "Host, versions, caveats", "", (host(every), caveat())),
        ),
    )


def overhead(frameworks: Sequence[str]) -> Intervals:
    """Return a chart of overhead per step."""
    made = []
    for group in ("steps=20, body=empty", "steps=20, body=compute"):
        for name in frameworks:
            value = 10 ** random.Random(name + group).uniform(-4, 0)
            made.append(
                Interval(
                    f"{name} 1.0",
                    name,
                    "inprocess",
                    value,
                    value * 0.8,
                    value * 1.3,
                    group,
                    links=(EVIDENCE,),
                )
            )
    axis = Axis("overhead per step", "s", log=True)
    return Intervals(
        id="overhead", title="Overhead per step", alt="Dots.", axis=axis, intervals=tuple(made)
    )


def granularity(frameworks: Sequence[str]) -> Curves:
    """Return a chart of efficiency over the length of a step."""
    made = []
    for hue, name in enumerate(frameworks):
        cost = 10 ** random.Random(name).uniform(-3.5, -0.5)
        dots = [
            Dot(step, step / (step + cost), step / (step + cost * 1.2), step / (step + cost * 0.8))
            for step in (10 ** (k / 2) for k in range(-8, 3))
        ]
        note = f"METG {cost * 1000:.1f}ms ±4%"
        made.append(
            Series(
                f"{name} 1.0, P=2", name, "inprocess", 2, name == "elm", tuple(dots), note, hue=hue
            )
        )
    return Curves(
        id="metg",
        title="Efficiency by length of a step",
        alt="Curves.",
        x=Axis("time of a step", "s", log=True),
        y=Axis("efficiency", level=0.5, level_title="half of the time is work"),
        series=tuple(made),
    )


def growth(frameworks: Sequence[str]) -> Curves:
    """Return a chart of time over the number of steps."""
    made = []
    for hue, name in enumerate(frameworks):
        power = random.Random(name).uniform(0.9, 1.6)
        dots = [
            Dot(n, 1e-3 * n**power, 0.9e-3 * n**power, 1.2e-3 * n**power)
            for n in (10, 30, 100, 300, 1000)
        ]
        note = f"T ~ N^{power:.2f} ± 0.03"
        made.append(
            Series(
                f"{name} 1.0, P=1", name, "inprocess", 1, False, tuple(dots), note, (EVIDENCE,), hue
            )
        )
    return Curves(
        id="growth",
        title="Time by number of steps",
        alt="Curves.",
        x=Axis("steps", log=True),
        y=Axis("makespan", "s", log=True),
        series=tuple(made),
    )


def gantt(frameworks: Sequence[str]) -> Gantt:
    """Return a chart of one execution in each framework."""
    panels = tuple(Panel(f"{name} 1.0", name, "inprocess", lines(name)) for name in frameworks)
    return Gantt(id="gantt", title="When each step ran", alt="Bars.", panels=panels)


def lines(name: str) -> Timeline:
    """Return the timeline of one scheduled execution."""
    ((workload, _),) = build("layered", [{"body": "sleep", "seconds": "0.4"}])
    cost = Costs(step_ns=round(random.Random(name).uniform(1, 200) * MS))
    spans = schedule(workload, 2, cost, 0)
    free = [0, 0]
    events = []
    for step, (start, end) in sorted(spans.items(), key=lambda item: item[1]):
        worker = min((0, 1), key=lambda n: (free[n] > start, free[n]))
        free[worker] = end
        events.append(Event(step, 1, start, end, None, "h", 1, worker))
    return timeline(workload, events, 0)


def falls(frameworks: Sequence[str]) -> Waterfall:
    """Return a chart of the set-up of each framework."""
    made = []
    for name in frameworks:
        source, at, stages = random.Random(name), 0.0, []
        for stage in ("environment", "packages", "services", "first run"):
            lasts = source.uniform(1, 60)
            stages.append(Stage(stage, at, lasts))
            at += lasts
        made.append(Fall(f"{name}, empty cache", name, "inprocess", tuple(stages)))
    return Waterfall(id="waterfall", title="From nothing to a run", alt="Bars.", falls=tuple(made))


def probes(frameworks: Sequence[str]) -> Table:
    """Return a table of verdicts with their evidence."""
    tones = (("works", "good"), ("partly", "partly"), ("accepted but ignored", "bad"), ("–", "dim"))
    rows = []
    for group, names in {"Steps": ("retry", "timeout"), "Triggers": ("cron", "approval")}.items():
        for probe in names:
            cells = [TableCell(probe)]
            for name in frameworks:
                text, tone = random.Random(name + probe).choice(tones)
                note = "three attempts were recorded, the third one ended" if text != "–" else ""
                cells.append(TableCell(text, None, tone, note, (EVIDENCE,) if note else ()))  # type: ignore[arg-type]
            rows.append(Row(tuple(cells), group))
    columns = (TableColumn("probe"), *(TableColumn(f"{name}\ninprocess") for name in frameworks))
    return Table(id="probe-table", title="Probes", columns=columns, rows=tuple(rows), across=True)


def code(frameworks: Sequence[str]) -> Code:
    """Return the listings of the pipeline."""
    text = '"""A pipeline."""\n\n\ndef pipeline() -> None:\n    print("<b>not bold</b>")\n'
    made = (
        Listing(name, name, "pipeline.py", "python", f"# {name}\n{text}") for name in frameworks
    )
    return Code(id="native", title="The same pipeline", listings=tuple(made))


def host(frameworks: Sequence[str]) -> Table:
    """Return a table of versions and memory."""
    columns = (
        TableColumn("framework"),
        TableColumn("version"),
        TableColumn("memory", "at its peak", number=True),
    )
    rows = (
        Row(
            (
                TableCell(name),
                TableCell("1.0"),
                TableCell(f"{n * 17 + 40}MB", n * 17e6, links=(EVIDENCE,)),
            )
        )
        for n, name in enumerate(frameworks)
    )
    return Table(id="versions", title="Versions", columns=columns, rows=tuple(rows))


def caveat() -> Note:
    """Return a warning."""
    text = "Flyte's local execution is sequential: nothing of its control plane was measured."
    return Note(id="caveat", text=text, tone="warning")


HUGE = (math.inf, -math.inf, math.nan, 1e308, -1e308, 5e-324, 0.0)
