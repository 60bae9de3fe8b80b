"""What a mode runs beside the worker: databases, brokers, a framework's own servers.

They are started inside the trial's own tree of processes, so that what they use is measured with
it and nothing of them outlives it. Standard library only: all of this runs in the worker.
"""

from __future__ import annotations

from collections.abc import MutableMapping

from harness.services import postgres, redis
from harness.services.errors import ServiceError as ServiceError
from harness.services.leftovers import give_back as give_back
from harness.services.manager import Services as Services

#: What has to be installed for services that are no Python package, by name.
INSTALL = {"postgres": postgres.INSTALL, "redis": redis.INSTALL}

#: What a user may give, and the variable by which a worker hears of it: where a service is, and
#: the address on which our own listen.
VARIABLES = {
    **{name: f"HARNESS_{name.upper()}_URL" for name in ("postgres", "redis", "dask", "endpoint")},
    "listen": "HARNESS_LISTEN",
}


def taken_from(environment: MutableMapping[str, str]) -> dict[str, str]:
    """What was given, by name; no process of a framework's will see it there."""
    return {
        name: environment.pop(variable)
        for name, variable in VARIABLES.items()
        if variable in environment
    }
