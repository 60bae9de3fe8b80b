"""One Dask client per process, for adapters whose steps run on a Dask cluster.

The only module here that needs a package: ``distributed``, in the environment of such an adapter.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

from distributed import Client

from adapters.contract import Context

_connected: list[tuple[int, Client]] = []  # each with the id of the process that made it


def connected(ctx: Context) -> Client:
    """Return this process's client of the cluster that ``ctx.services`` names, made once.

    A forked process makes its own, because connections do not survive a fork.
    """
    if not _connected or _connected[-1][0] != os.getpid():
        _connected.append((os.getpid(), Client(ctx.services.url("dask"))))
    return _connected[-1][1]


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Connect to the cluster, and disconnect at exit: the ``service`` of a mode over Dask."""
    # Not `with` the client: it would stay the current one of processes forked from here.
    with closing(connected(ctx)):
        yield
