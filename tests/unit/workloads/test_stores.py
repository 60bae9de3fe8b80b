"""Stores of artifacts: folders and URLs."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.paths import ROOT
from workloads import codecs, stores
from workloads.codecs import CodecError, decode, encode
from workloads.dag import Artifact
from workloads.stores import StoreError, prove, remove, store_of


@pytest.fixture(params=["folder", "file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield a root that is empty before and after the test."""
    places = {
        "folder": str(tmp_path / "a b"),
        "file": f"file://{tmp_path}/a%20b",
        "memory": f"memory://{uuid.uuid4()}/a b",
    }
    yield places[request.param]
    if request.param == "memory":
        fsspec.filesystem("memory").store.clear()


def content(place: str) -> dict[str, bytes]:
    """Return all files below a place."""
    store, path = store_of(place)
    with store.folder(path) as folder:
        files = [file for file in folder.rglob("*") if file.is_file()]
        return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def put(place: str, data: bytes) -> None:
    store, path = store_of(place)
    store.put(path, data)


def get(place: str) -> bytes:
    store, path = store_of(place)
    return store.get(path)


def test_stored_data_is_returned(place: str) -> None:
    put(f"{place}/run/x.bytes", b"abc")
    assert get(f"{place}/run/x.bytes") == b"abc"
    assert content(place) == {"run/x.bytes": b"abc"}


@given(data=st.binary(max_size=50))
def test_any_bytes_come_back(data: bytes) -> None:
    root = f"memory://{uuid.uuid4()}"
    assert decode(encode(data, root, "s")) == data


def test_existing_data_is_not_written_again(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(f"{place}/x", b"abc")

    def refuse(*_: Any) -> None:
        raise AssertionError("written again")

    monkeypatch.setattr(stores.Remote, "_write", refuse)
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    put(f"{place}/x", b"abc")


def test_an_incomplete_file_is_written_again() -> None:
    place = f"memory://{uuid.uuid4()}/x"
    put(place, b"ab")
    put(place, b"abc")
    assert get(place) == b"abc"


def test_an_artifact_names_its_place(place: str) -> None:
    artifact = Artifact.from_json(encode(b"abc", place, "s"))
    assert artifact.uri == f"{place}/{artifact.sha256}.bytes"
    assert codecs.load(artifact) == b"abc"


def test_a_damaged_artifact_is_refused(place: str) -> None:
    value = encode(b"abc", place, "s")
    uri = Artifact.from_json(value).uri
    remove(uri.rpartition("/")[0])
    put(uri, b"abd")
    with pytest.raises(CodecError, match="is damaged"):
        decode(value)


def test_a_missing_artifact_is_named(place: str) -> None:
    value = encode(b"abc", place, "s")
    uri = Artifact.from_json(value).uri
    remove(place)
    with pytest.raises(CodecError, match="cannot be read") as caught:
        decode(value)
    assert uri in str(caught.value)


def test_a_folder_is_shared_with_later_blocks(place: str) -> None:
    store, path = store_of(f"{place}/registry")
    with store.folder(path) as folder:
        (folder / "v1").mkdir()
        (folder / "v1" / "model").write_bytes(b"1")
        (folder / "latest").write_text("v1")
    with store.folder(path) as folder:
        assert (folder / "v1" / "model").read_bytes() == b"1"
        (folder / "latest").write_text("v2")
    assert content(f"{place}/registry") == {"v1/model": b"1", "latest": b"v2"}


def test_files_of_a_failed_block_are_not_stored_remotely() -> None:
    place = f"memory://{uuid.uuid4()}/registry"
    store, path = store_of(place)

    def fail_half_way() -> None:
        with store.folder(path) as folder:
            (folder / "a").write_text("a")
            raise ValueError("half of it")

    with pytest.raises(ValueError, match="half"):
        fail_half_way()
    assert content(place) == {}


def test_only_files_below_the_path_are_removed(place: str) -> None:
    for name in ("run/t1/x", "run/t1/deep/y", "run/t11/x"):
        put(f"{place}/{name}", b"abc")
    remove(f"{place}/run/t1")
    assert content(place) == {"run/t11/x": b"abc"}
    remove(f"{place}/run/t11")
    assert content(place) == {}


def test_a_missing_path_is_removed_without_an_error(place: str) -> None:
    remove(f"{place}/run/t1")
    assert content(place) == {}


def test_a_proof_leaves_no_file(place: str) -> None:
    put(f"{place}/x", b"theirs")
    prove(place)
    assert content(place) == {"x": b"theirs"}


def test_a_scheme_without_a_client_is_refused() -> None:
    with pytest.raises(StoreError, match="holo") as caught:
        prove("holo://bucket/x")
    assert "\n" not in str(caught.value)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(CodecError, match=r"memory://.*fsspec.*--requirements FILE"):
        encode(b"abc", "memory://x", "s")


def test_the_command_prints_an_error_as_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "workloads.stores", "prove", f"{tmp_path}/file"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0
    assert str(tmp_path / "file") in done.stderr
