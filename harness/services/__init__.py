"""What a mode runs beside the worker: databases, brokers, a framework's own servers.

They are started inside the trial's own tree of processes, so that what they use is measured with
it and nothing of them outlives it. Standard library only: all of this runs in the worker.
"""

from __future__ import annotations

from collections.abc import MutableMapping

from harness.services import postgres, redis
from harness.services.errors import ServiceError as ServiceError
from harness.services.leftovers import drop_leftovers as drop_leftovers
from harness.services.manager import Services as Services
from harness.wire import URL_VARIABLES

#: What has to be installed for services that are no Python package, by name.
INSTALL = {"postgres": postgres.INSTALL, "redis": redis.INSTALL}


def take_service_urls(environment: MutableMapping[str, str]) -> dict[str, str]:
    """What was given, by name; no process of a framework's will see it there."""
    return {
        name: environment.pop(variable)
        for name, variable in URL_VARIABLES.items()
        if variable in environment
    }
