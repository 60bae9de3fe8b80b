"""Step functions for wiring, in a module because steps are imported by name."""

from __future__ import annotations

from typing import Any

from workloads.execute import shared_folder


def one() -> int:
    return 1


def add(left: int, right: int = 0) -> int:
    return left + right


def same(value: Any) -> Any:
    return value


def total(values: list[int]) -> int:
    return sum(values)


def fail(message: str) -> None:
    raise ValueError(message)


def note_in(name: str) -> str:
    with shared_folder(name) as folder:
        (folder / "note").write_text("noted")
    return str(folder)


def note_of(name: str, after: str) -> str:
    with shared_folder(name) as folder:
        return (folder / "note").read_text() + after


def tagged(id: str, function: str) -> str:
    return id + function


class Group:
    @staticmethod
    def nested() -> int:
        return 7


def make_bytes() -> bytes:
    return b"abc"


def size(data: bytes) -> int:
    assert isinstance(data, bytes)
    return len(data)
