"""Providers of the services that belong to no framework, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from harness.services import dask, endpoint, postgres, redis
from harness.services.starter import Starter

#: Each takes a starter and the user's URL or None, and provides the URL to use.
PROVIDERS: Mapping[str, Callable[[Starter, str | None], AbstractContextManager[str]]] = {
    "postgres": postgres.provided,
    "redis": redis.provided,
    "dask": dask.provided,
    "endpoint": endpoint.provided,
}
