"""A database's URL as asyncpg takes it."""

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
def test_of_what_is_asked_of_libpq_only_what_it_knows_is_kept(query: str, kept: str) -> None:
    place = "user:sslmode%3D@host:5432/base"
    assert for_asyncpg(f"postgresql://{place}{query}") == f"postgresql+asyncpg://{place}{kept}"
