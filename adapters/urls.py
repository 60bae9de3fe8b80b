"""Service URLs in the forms that client libraries expect. Standard library only."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit


def for_asyncpg(url: str) -> str:
    """Return a ``postgresql://`` URL rewritten for SQLAlchemy over asyncpg.

    asyncpg does not accept libpq's query parameters: ``sslmode`` is kept as ``ssl``, asyncpg's
    name for it, and all others are dropped.
    """
    parts = urlsplit(url)
    modes = parse_qs(parts.query).get("sslmode", [])
    query = f"ssl={modes[-1]}" if modes else ""
    return parts._replace(scheme="postgresql+asyncpg", query=query).geturl()
