"""A database's URL as drivers want it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit


def for_asyncpg(url: str) -> str:
    """The URL for SQLAlchemy over asyncpg, which takes no parameters of libpq's.

    Of those only ``sslmode`` is kept, by asyncpg's name for it.
    """
    parts = urlsplit(url)
    modes = parse_qs(parts.query).get("sslmode", [])
    query = f"ssl={modes[-1]}" if modes else ""
    return parts._replace(scheme="postgresql+asyncpg", query=query).geturl()
