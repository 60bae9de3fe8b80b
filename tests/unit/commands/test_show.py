"""``harness show``: the chosen execution, the output and the figure."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.commands import show as show_command
from harness.errors import UsageError, VerificationError
from harness.model import Cell, Outcome, Repetition, Trial
from harness.results import store
from workloads import patterns

CHAIN = patterns.chain(2)
MS = 1_000_000


def a_cell(name: str) -> Cell:
    return Cell(name, name.partition("-")[0], "inprocess", 2, "chain")


def repetition(
    cell: str, number: int, makespan_ms: int | None, outcome: Outcome = Outcome.OK
) -> Repetition:
    return Repetition(
        cell=cell,
        run_id=f"{cell}-r{number}",
        number=number,
        cold=number == 1,
        outcome=outcome,
        evidence=[] if outcome is Outcome.OK else ["step s2: E: no"],
        phases={},
        makespan_ns=None if makespan_ms is None else makespan_ms * MS,
    )


def a_trial(number: int, cell: str, *repetitions: Repetition) -> Trial:
    return Trial(
        id=f"{number:02d}-{cell}",
        number=number,
        framework=cell.partition("-")[0],
        mode="inprocess",
        outcome=Outcome.OK,
        evidence=[],
        phases={},
        versions={"numpy": "1", "prefect": "3.8", "python": "3.11"},
        cpu_s=None,
        repetitions=list(repetitions),
    )


def recorded(folder: Path, trial: Trial, rep: Repetition, *lines: dict[str, Any]) -> None:
    """Write the files that a worker leaves of one repetition that began at 1 s."""
    home = folder / store.TRIALS / trial.id
    events = home / rep.run_id / "events"
    events.mkdir(parents=True)
    stamp = {"phase": "execute", "run_id": rep.run_id, "edge": "start", "ns": 1000 * MS}
    with (home / "phases.jsonl").open("a") as file:
        file.write(f"{json.dumps(stamp)}\n")
    header = {"host": "h", "pid": 1}
    text = "".join(f"{json.dumps(line)}\n" for line in (header, *lines))
    (events / "j.jsonl").write_text(text)


def step(n: int, start_ms: int, end_ms: int | None, error: str | None = None) -> list[Any]:
    begun = {"n": n, "step": f"s{n + 1}", "thread": 1, "start": (1000 + start_ms) * MS}
    if end_ms is None:
        return [begun]
    return [begun, {"n": n, "end": (1000 + end_ms) * MS, "error": error}]


GOOD, BAD, LOST = "prefect-inprocess-p2", "prefect-server-p2", "plain-inprocess-p1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a run of three cells: one ok, one failed, one without a record."""
    home = tmp_path / "results" / "now"
    home.mkdir(parents=True)
    (home / store.RUN).touch()
    times = {1: (900, 31, 20), 2: (800, 10, 40)}  # ms; the median of the warm ones is 20 or 31
    trials = []
    for number, makespans in times.items():
        reps = [repetition(GOOD, i, ms) for i, ms in enumerate(makespans, 1)]
        trial = a_trial(number, GOOD, *reps)
        for rep, ms in zip(reps, makespans, strict=True):
            recorded(home, trial, rep, *step(0, 1, 2), *step(1, 5, ms))
        trials.append(trial)
    bad = repetition(BAD, 1, None, Outcome.FAILED)
    trials.append(a_trial(1, BAD, bad))
    recorded(home, trials[-1], bad, *step(0, 1, 2), *step(1, 3, 9, "E: no"))
    trials.append(a_trial(1, LOST, repetition(LOST, 1, None, Outcome.TIMEOUT)))
    cells = [a_cell(name) for name in (GOOD, BAD, LOST)]
    # Only the parts of a run that are shown.
    plan = SimpleNamespace(
        cells=cells, cell=lambda name: next(cell for cell in cells if cell.id == name)
    )
    run = SimpleNamespace(plan=plan, trials=trials)
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(store, "load", lambda _: run)
    monkeypatch.setattr(store, "workload", lambda folder, key: {"chain": CHAIN}[key])
    return home


def show(
    cell: str | None = None,
    trial: int | None = None,
    repetition: int | None = None,
    file: str | None = None,
    as_json: bool = False,
) -> int:
    return show_command.show("now", cell, trial, repetition, file, as_json)


def test_the_execution_with_the_median_warm_makespan_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show("prefect-in") == 0
    out = capsys.readouterr().out
    assert "prefect/inprocess, chain, 2 steps" in out
    assert "prefect 3.8, P=2, trial 1, repetition 3\n" in out
    # 1 ms and 15 ms in steps, one after the other: 4 of 20 ms are overhead.
    assert "makespan 20.0ms, of it overhead 4.0ms" in out
    figure = folder / "figures" / f"{GOOD}-t1-r3.svg"
    assert f"figure: {figure.relative_to(folder.parent.parent)}" in out
    assert "makespan 20.0ms" in figure.read_text()


@pytest.mark.parametrize(
    ("trial", "number", "shown"),
    [(2, None, "2-r2"), (None, 1, "2-r1"), (1, 2, "1-r2"), (None, 3, "1-r3")],
)
def test_a_trial_and_a_repetition_may_be_asked_for(
    folder: Path, trial: int | None, number: int | None, shown: str
) -> None:
    show(GOOD, trial, number)
    assert [path.name for path in (folder / "figures").iterdir()] == [f"{GOOD}-t{shown}.svg"]


def test_a_failed_cell_is_shown_as_evidence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(BAD) == 0
    out = capsys.readouterr().out
    assert "FAILED: this is evidence, not a measurement" in out
    assert "failed: step s2: E: no" in out
    assert "makespan" not in out
    assert "FAILED" in (folder / "figures" / f"{BAD}-t1-r1.svg").read_text()


def test_a_file_may_be_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(GOOD, file="mine.png")
    assert Path("mine.png").read_bytes().startswith(b"\x89PNG")
    assert not (folder / "figures").exists()
    assert "figure: mine.png" in capsys.readouterr().out


def test_json_output_is_only_json(folder: Path, capfdbinary: Any) -> None:
    show(GOOD, as_json=True)
    shown = json.loads(capfdbinary.readouterr().out)
    assert (shown["trial"], shown["repetition"], shown["outcome"]) == (1, 3, "ok")
    assert shown["timeline"]["makespan_ns"] == 20 * MS
    assert shown["beyond_ideal_ns"] == 4 * MS
    assert [bar["step"] for bar in shown["timeline"]["bars"]] == ["s1", "s2"]
    assert Path(shown["file"]).is_file()


def test_without_a_cell_the_report_and_the_recorded_cells_are_listed(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        show_command, "finish", lambda folder, run, as_json: print("the report") or 1
    )
    assert show() == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "the report"
    assert [line.strip() for line in out[2:]] == [GOOD, BAD]
    assert show(as_json=True) == 0
    assert capsys.readouterr().out == "the report\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cell": "prefect-inprocess-p9"}, f"did you mean '{GOOD}'"),
        ({"cell": "prefect"}, f"may be {GOOD}, {BAD}; give more of its name"),
        ({"cell": LOST}, "nothing was recorded of .*: timeout: step s2: E: no"),
        ({"cell": GOOD, "trial": 3}, "no such trial/repetition; there are: 1/1, 1/2"),
        ({"trial": 1}, "need a cell; run: harness show RUN CELL"),
        ({"cell": GOOD, "file": "x.pdf"}, "ends with .svg or .png"),
    ],
)
def test_a_cell_or_option_that_cannot_be_shown_is_refused(
    folder: Path, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        show(**arguments)
    assert not (folder / "figures").exists()


def test_a_damaged_record_is_named(folder: Path) -> None:
    journal = folder / store.TRIALS / f"01-{GOOD}" / f"{GOOD}-r3" / "events" / "j.jsonl"
    journal.write_text("garbage\n")
    with pytest.raises(VerificationError, match=rf"record of {GOOD}, trial 1.*j\.jsonl is damaged"):
        show(GOOD)


def test_an_execution_that_never_began_has_no_timeline(folder: Path) -> None:
    (folder / store.TRIALS / f"01-{GOOD}" / "phases.jsonl").unlink()
    with pytest.raises(UsageError, match=r"no step of .* was recorded; its outcome: ok"):
        show(GOOD)
