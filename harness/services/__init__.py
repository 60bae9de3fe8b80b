"""Services of a mode beside the worker: databases, brokers, a framework's own servers.

They are started within the trial's process tree, so that their resources are measured with it and
they end with it. Standard library only: this package runs in the worker.
"""

from __future__ import annotations

from collections.abc import MutableMapping

from harness.services import postgres, redis
from harness.services.errors import ServiceError as ServiceError
from harness.services.leftovers import drop_leftovers as drop_leftovers
from harness.services.manager import Services as Services
from harness.wire import URL_VARIABLES

#: Commands that install the services that are not Python packages, by name.
INSTALL = {"postgres": postgres.INSTALL, "redis": redis.INSTALL}


def take_service_urls(environment: MutableMapping[str, str]) -> dict[str, str]:
    """Remove the user's service URLs from ``environment``, and return them by name.

    So processes of a framework do not inherit them.
    """
    return {
        name: environment.pop(variable)
        for name, variable in URL_VARIABLES.items()
        if variable in environment
    }
