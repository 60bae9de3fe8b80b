"""Messages between harness and worker: read strictly, or refused with the key."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import wire
from harness.wire import Phase, WireError

USED = wire.PhaseUsage(0.5, None, 3, 4, 5)
REQUEST = wire.TrialRequest(
    adapter="adapters.plain.adapter",
    mode="inprocess",
    distributions=["numpy"],
    settle_s=1.5,
    idle_s=0.5,
    database="*.db",
    needs=["postgres"],
    remote=True,
    artifacts="s3://bucket/run/trial",
    repetitions=[
        wire.RepetitionRequest("r1", "/w.json", 2),
        wire.RepetitionRequest("r2", "/x.json", 2, False, after="r1", scale=1.5, budget_s=9.0),
    ],
)
MESSAGES = [
    REQUEST,
    wire.RepetitionResult("r1", {"out": [1, None, {"k": "ü"}]}, None, None, "settle"),
    wire.RepetitionResult("r1", None, 3, "E: text", "build"),
    wire.RepetitionResult(
        "r2", None, None, None, "build", skipped="not tried", usage={"settle": USED}
    ),
    wire.TrialResponse(None, "exit", {"python": "3.11.7"}, idle=USED, idle_pss_bytes=9),
    wire.BlueprintRequest("m:f", [{"rows": "5"}, {}]),
    wire.BlueprintResponse([wire.Built({"name": "d"}, {"rows": 5})]),
    wire.BlueprintResponse([], "rows=1: give more"),
]


def written(folder: Path, message: Any) -> dict[str, Any]:
    wire.write(folder / "m.json", message)
    data: dict[str, Any] = json.loads((folder / "m.json").read_text())
    return data


def read_as(folder: Path, kind: Any, data: Any) -> Any:
    path = folder / "m.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return wire.read(kind, path)


def refusal(folder: Path, data: Any, kind: Any = wire.TrialRequest) -> str:
    with pytest.raises(WireError) as caught:
        read_as(folder, kind, data)
    return str(caught.value)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_is_read_as_it_was_written(tmp_path: Path, message: Any) -> None:
    data = written(tmp_path, message)
    assert data["wire"] == wire.VERSION
    assert wire.read(type(message), tmp_path / "m.json") == message


def test_writing_replaces_and_leaves_nothing_aside(tmp_path: Path) -> None:
    written(tmp_path, {"old": 1})
    assert written(tmp_path, {"new": 1}) == {"new": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["m.json"]


@pytest.mark.parametrize("value", [float("nan"), object()])
def test_a_value_that_is_not_json_leaves_the_old_file(tmp_path: Path, value: Any) -> None:
    written(tmp_path, {"old": 1})
    with pytest.raises((ValueError, TypeError)):
        wire.write(tmp_path / "m.json", {"new": value})
    assert [path.name for path in tmp_path.iterdir()] == ["m.json"]
    assert json.loads((tmp_path / "m.json").read_text()) == {"old": 1}


def test_a_missing_file_raises_file_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        wire.read(wire.TrialResponse, tmp_path / "none.json")


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    message = refusal(tmp_path, {**written(tmp_path, REQUEST), "speed": 1})
    assert message == "m.json has the unknown key 'speed'"


@pytest.mark.parametrize("key", ["adapter", "mode", "settle_s", "idle_s", "repetitions"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    data = written(tmp_path, REQUEST)
    del data[key]
    assert refusal(tmp_path, data) == f"m.json lacks the key {key!r}"


def test_a_missing_key_of_a_part_is_named_with_its_place(tmp_path: Path) -> None:
    data = written(tmp_path, REQUEST)
    del data["repetitions"][0]["workers"]
    assert refusal(tmp_path, data) == "m.json.repetitions[0] lacks the key 'workers'"


def test_an_unknown_key_of_a_part_is_named_with_its_place(tmp_path: Path) -> None:
    data = written(tmp_path, REQUEST)
    data["repetitions"][0]["speed"] = 1
    assert refusal(tmp_path, data) == "m.json.repetitions[0] has the unknown key 'speed'"


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("adapter", 3, "str"),
        ("adapter", None, "str"),
        ("distributions", "numpy", "list"),
        ("distributions", {}, "list"),
        ("settle_s", "1", "float"),
        ("settle_s", True, "float"),
        ("repetitions", [3], "an object"),
        ("repetitions", None, "list"),
    ],
)
def test_a_wrong_type_is_named_with_its_place(
    tmp_path: Path, key: str, value: Any, wanted: str
) -> None:
    message = refusal(tmp_path, {**written(tmp_path, REQUEST), key: value})
    assert message.startswith(f"m.json.{key}")
    assert f"should be {wanted}" in message


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_workers_must_be_an_int(tmp_path: Path, value: Any) -> None:
    data = written(tmp_path, REQUEST)
    data["repetitions"][0]["workers"] = value
    assert "repetitions[0].workers should be int" in refusal(tmp_path, data)


@pytest.mark.parametrize("budget_s", [None, 3, 2.5])
def test_an_optional_value_may_be_none_or_a_number(tmp_path: Path, budget_s: Any) -> None:
    data = written(tmp_path, REQUEST)
    data["repetitions"][0]["budget_s"] = budget_s
    read = read_as(tmp_path, wire.TrialRequest, data)
    assert read.repetitions[0].budget_s == budget_s


def test_a_wrong_type_in_a_phase_usage_is_named_with_its_place(tmp_path: Path) -> None:
    data = written(tmp_path, MESSAGES[3])
    data["usage"]["settle"]["threads"] = 1.5
    message = refusal(tmp_path, data, wire.RepetitionResult)
    assert "m.json.usage.settle.threads should be int" in message


def test_values_of_a_dict_are_checked(tmp_path: Path) -> None:
    data = written(tmp_path, wire.TrialResponse(None, "exit", {}))
    data["versions"] = {"numpy": 1}
    message = refusal(tmp_path, data, wire.TrialResponse)
    assert "versions.numpy should be str" in message


def test_a_whole_number_is_accepted_as_a_float(tmp_path: Path) -> None:
    data = {**written(tmp_path, REQUEST), "settle_s": 2}
    read = read_as(tmp_path, wire.TrialRequest, data)
    assert type(read.settle_s) is float


@pytest.mark.parametrize("version", [0, 1, 4, 6, "5", None])
def test_another_version_is_refused(tmp_path: Path, version: Any) -> None:
    message = refusal(tmp_path, {**written(tmp_path, REQUEST), "wire": version})
    assert f"version {version!r}; this is version {wire.VERSION}" in message


def test_another_version_is_reported_before_its_unknown_keys(tmp_path: Path) -> None:
    message = refusal(tmp_path, {**written(tmp_path, REQUEST), "wire": 1, "speed": 1})
    assert "version 1" in message


@pytest.mark.parametrize("text", ["", "{", "garbage", '{"a": 1}x', "[" * 100_000, "\x00"])
def test_garbage_is_reported_as_not_json(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).startswith("m.json is not JSON")


@pytest.mark.parametrize("text", ["[]", "3", "null", '"text"'])
def test_json_that_is_not_an_object_is_refused(tmp_path: Path, text: str) -> None:
    assert "m.json should be an object" in refusal(tmp_path, text)


def test_a_number_beyond_floats_is_refused(tmp_path: Path) -> None:
    assert "settle_s" in refusal(tmp_path, {**written(tmp_path, REQUEST), "settle_s": 10**400})


def test_a_long_value_is_cut_in_the_message(tmp_path: Path) -> None:
    assert len(refusal(tmp_path, {**written(tmp_path, REQUEST), "mode": ["x" * 9999]})) < 200


def refusal_of(read: Callable[[], object]) -> str | None:
    """Return the message of the reader's WireError; None if it does not raise one."""
    try:
        read()
    except WireError as error:
        return str(error)
    return None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
KEYS = sorted(wire.TrialRequest.__dataclass_fields__)


@given(st.binary(max_size=60) | JSON.map(lambda data: json.dumps(data).encode()))
def test_any_bytes_are_a_message_or_a_wire_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "m.json"
    path.write_bytes(data)
    for kind in (wire.TrialRequest, wire.RepetitionResult, wire.TrialResponse):
        message = refusal_of(partial(wire.read, kind, path))
        assert message is None or message.startswith("m.json")


@given(st.sampled_from(KEYS), JSON)
def test_any_value_of_a_key_is_accepted_or_refused_by_its_name(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: Any
) -> None:
    folder = tmp_path_factory.mktemp("any")
    data = {**written(folder, REQUEST), key: value}
    message = refusal_of(lambda: read_as(folder, wire.TrialRequest, data))
    assert message is None or key in message or "version" in message


def stamp(phase: Any, edge: Any, ns: Any, run_id: Any = "") -> bytes:
    line = json.dumps({"phase": phase, "run_id": run_id, "edge": edge, "ns": ns})
    return f"{line}\n".encode()


def phases(folder: Path, data: bytes) -> list[Phase]:
    (folder / "p.jsonl").write_bytes(data)
    return wire.read_phases(folder / "p.jsonl")


def test_a_missing_journal_yields_an_empty_list(tmp_path: Path) -> None:
    assert wire.read_phases(tmp_path / "none.jsonl") == []


def test_phases_are_in_the_order_of_their_start(tmp_path: Path) -> None:
    data = stamp("service", "start", 1) + stamp("build", "start", 2, "r1")
    data += stamp("build", "end", 3, "r1") + stamp("build", "start", 4, "r2")
    assert phases(tmp_path, data) == [
        Phase("service", "", 1, None),
        Phase("build", "r1", 2, 3),
        Phase("build", "r2", 4, None),
    ]


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    data = stamp("import", "start", 1) + stamp("import", "end", 2)[:-5]
    assert phases(tmp_path, data) == [Phase("import", "", 1, None)]


def test_an_end_without_a_start_is_left_out(tmp_path: Path) -> None:
    assert phases(tmp_path, stamp("import", "end", 2)) == []


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"garbage\n",
        b"\xff\n",
        b"{}\n",
        b"[]\n",
        b"3\n",
        b'"text"\n',
        b"null\n",
        b"[" * 100_000 + b"\n",
        stamp([], "start", 1),
        stamp("import", "start", "soon"),
        stamp("import", "start", None),
        stamp("import", "middle", 1),
        stamp("import", "start", 1, {}),
    ],
    ids=lambda line: repr(line)[:30],
)
def test_a_line_that_is_not_a_phase_raises_a_wire_error(tmp_path: Path, line: bytes) -> None:
    with pytest.raises(WireError, match=r"p\.jsonl"):
        phases(tmp_path, stamp("import", "start", 1) + line)


@given(st.binary(max_size=60))
def test_any_bytes_are_phases_or_a_wire_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    message = refusal_of(lambda: phases(tmp_path_factory.mktemp("any"), data))
    assert message is None or message.startswith("p.jsonl")
