"""Database URLs for asyncpg."""

from __future__ import annotations

import pytest

from adapters.contract import for_asyncpg


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("?sslmode=require", "?ssl=require"),
        ("?sslmode=require&channel_binding=require&connect_timeout=10", "?ssl=require"),
        ("?application_name=x", ""),
    ],
)
def test_parameters_of_libpq_are_dropped_except_sslmode(query: str, kept: str) -> None:
    place = "user:sslmode%3D@host:5432/base"
    assert for_asyncpg(f"postgresql://{place}{query}") == f"postgresql+asyncpg://{place}{kept}"
