"""Store of runs: written whole or not at all, and read strictly."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.files import write_atomically
from harness.home import Home
from harness.model import SCHEMA, Host, Outcome, Repetition, Run, Spin, Trial, Usage
from harness.results import store
from tests.unit.made_plan import entry, plan_of
from workloads import patterns


def a_run() -> Run:
    """Return a run of one repetition, which is not on disk."""
    planned, _ = plan_of({"chain": entry("workload", parameters={"steps": 3})}, trials=1)
    cell = planned.reference("chain-steps3").id
    used = {"execute": Usage(0.1, 2, 3, 4, None)}
    repetition = Repetition(
        cell, "r1", 1, True, Outcome.OK, [], {"build": 5}, makespan_ns=10, usage=used
    )
    done = Trial(
        id=planned.order[0].id,
        number=1,
        framework="plain",
        mode="inprocess",
        outcome=Outcome.OK,
        evidence=["it is ü"],
        phases={"import": 3},
        versions={"python": "3.11.7"},
        cpu_s=0.5,
        repetitions=[repetition],
    )
    return Run(
        schema=SCHEMA,
        id="run",
        status="complete",
        created="2030-01-01T00:00:00+00:00",
        harness="0",
        commit=None,
        code="0",
        host=Host("Linux", "x86_64", "?", 2, 1, "3.11.7"),
        plan=planned,
        environments={},
        settings={"plain/inprocess": {"A": "1"}},
        trials=[done],
        spins=[Spin([1, 2], None, None)],
    )


@pytest.fixture
def saved(tmp_path: Path) -> dict[str, Any]:
    """Return the content of run.json, saved into ``tmp_path``."""
    store.save(tmp_path, a_run())
    data: dict[str, Any] = json.loads((tmp_path / store.RUN).read_bytes())
    return data


def refusal(folder: Path, data: Any) -> str:
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    (folder / store.RUN).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        store.load(folder)
    return str(caught.value)


def test_a_run_is_loaded_as_it_was_saved(tmp_path: Path) -> None:
    store.save(tmp_path, a_run())
    assert store.load(tmp_path) == a_run()


def test_writing_replaces_the_file_and_leaves_no_other(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("broken", ["fsync", "replace", "chmod"])
def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    path = tmp_path / "f"
    write_atomically(path, b"old")
    monkeypatch.setattr(os, broken, full)
    with pytest.raises(OSError, match="no space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "f"
    write_atomically(path, b"old")
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_run_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no run at .*No such file") as caught:
        store.load(tmp_path / "gone")
    assert str(tmp_path / "gone") in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b"null", b"{}", b"\xff", b"[" * 100_000, b'{"schema": 2}'],
    ids=lambda content: repr(content)[:20],
)
def test_a_damaged_run_is_a_usage_error(tmp_path: Path, content: bytes) -> None:
    message = refusal(tmp_path, content)
    assert str(tmp_path / store.RUN) in message
    assert "is damaged" in message


@pytest.mark.parametrize("key", ["plan", "trials", "host", "status", "commit"])
def test_a_missing_key_is_named(tmp_path: Path, saved: dict[str, Any], key: str) -> None:
    del saved[key]
    assert f"`{key}`" in refusal(tmp_path, saved)


def test_a_mode_of_a_former_name_is_read_under_its_present_one(
    tmp_path: Path, saved: dict[str, Any]
) -> None:
    saved["trials"][0]["mode"] = saved["plan"]["order"][0]["mode"] = "cluster-x"
    (spec,) = saved["plan"]["workloads"].values()
    spec["parameters"]["mode"] = "cluster"
    (tmp_path / store.RUN).write_text(json.dumps(saved))
    run = store.load(tmp_path)
    assert {run.trials[0].mode, run.plan.order[0].mode} == {"endpoint-x"}
    assert next(iter(run.plan.workloads.values())).parameters["mode"] == "cluster", "not ours"


def test_an_unknown_key_is_named_with_its_place(tmp_path: Path, saved: dict[str, Any]) -> None:
    saved["plan"]["speed"] = 1
    message = refusal(tmp_path, saved)
    assert "`speed`" in message
    assert "$.plan" in message


def test_a_wrong_type_is_named_with_its_place(tmp_path: Path, saved: dict[str, Any]) -> None:
    saved["trials"][0]["outcome"] = "splendid"
    assert "$.trials[0].outcome" in refusal(tmp_path, saved)


@pytest.mark.parametrize(("schema", "age"), [(SCHEMA + 1, "a newer"), (SCHEMA - 1, "an older")])
def test_another_schema_is_refused_before_its_keys(
    tmp_path: Path, saved: dict[str, Any], schema: int, age: str
) -> None:
    message = refusal(tmp_path, {**saved, "schema": schema, "speed": 1})
    assert f"has schema {schema}, from {age} harness; this one reads {SCHEMA}" in message
    assert "run it again" in message
    assert "damaged" not in message


@pytest.mark.parametrize("schema", [None, "2", "3", [2], {}])
def test_a_schema_that_is_not_a_number_is_damage(
    tmp_path: Path, saved: dict[str, Any], schema: Any
) -> None:
    assert "is damaged" in refusal(tmp_path, {**saved, "schema": schema})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda run: run["trials"].append(run["trials"][0]), "occurs twice"),
        (lambda run: run["trials"][0]["repetitions"][0].update(makespan_ns=-5), "took -5 ns"),
        (lambda run: run["trials"][0]["repetitions"][0].update(makespan_ns=0), "took 0 ns"),
    ],
)
def test_a_contradiction_is_damage(
    tmp_path: Path, saved: dict[str, Any], change: Callable[[Any], None], message: str
) -> None:
    whole = json.loads(json.dumps(saved))
    change(whole)
    assert message in refusal(tmp_path, whole)


def test_a_workload_is_read_as_it_was_written(tmp_path: Path) -> None:
    chain = patterns.chain(3)
    store.save_workloads(tmp_path, {"chain": chain})
    assert store.workload(tmp_path, "chain") == chain
    assert store.oracle_file(tmp_path, "chain").parent.is_dir()


def shaped(step: str = '{"id": "a", "function": "m:f", "arguments": {}}', name: str = "x") -> bytes:
    return f'{{"name": "{name}", "steps": [{step}], "outputs": {{"o": {{"$ref": "a"}}}}}}'.encode()


def test_a_workload_of_one_step_is_read(tmp_path: Path) -> None:
    store.save_workloads(tmp_path, {})
    store.workload_file(tmp_path, "chain").write_bytes(shaped())
    assert store.workload(tmp_path, "chain").name == "x"


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{}",
        b'{"name": 1, "steps": 3, "outputs": {}}',
        b'{"name": "x", "steps": [], "outputs": []}',
        b"[" * 100_000,
        shaped('{"id": "a", "function": "m:f", "arguments": []}'),
        shaped('{"id": "a", "function": null, "arguments": {}}'),
        shaped('{"id": "a", "function": "m:f", "arguments": {"b": {"$ref": []}}}'),
        shaped(name="\\ud800"),
    ],
    ids=lambda content: repr(content)[:60],
)
def test_a_workload_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        store.save_workloads(tmp_path, {})
        store.workload_file(tmp_path, "chain").write_bytes(content)
    with pytest.raises(UsageError, match="workload chain cannot be read"):
        store.workload(tmp_path, "chain")


def test_folders_of_runs_are_numbered(tmp_path: Path) -> None:
    home = Home(tmp_path)
    names = [store.new_run_folder(home, "now").name for _ in range(3)]
    assert names == ["now", "now-2", "now-3"]


def test_latest_points_to_the_last_run(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for _ in range(2):
        last = store.new_run_folder(home, "now")
        store.point_latest(last)
    latest = home.results / "latest"
    assert latest.resolve() == last.resolve()
    assert not latest.readlink().is_absolute()


def test_a_run_is_found_by_its_name_by_latest_and_by_its_path(tmp_path: Path) -> None:
    home = Home(tmp_path)
    folder = store.new_run_folder(home, "now")
    store.save(folder, a_run())
    store.point_latest(folder)
    for name in ("now", "latest", str(folder)):
        assert store.find_run(home, name) == folder.resolve()


def test_an_unknown_run_lists_the_existing_ones(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with pytest.raises(UsageError, match="no run 'x'; existing runs: none yet"):
        store.find_run(home, "x")
    folder = store.new_run_folder(home, "now")
    store.save(folder, a_run())
    store.point_latest(folder)
    with pytest.raises(UsageError, match=r"no run 'x'; existing runs: latest, now|now, latest|now"):
        store.find_run(home, "x")
