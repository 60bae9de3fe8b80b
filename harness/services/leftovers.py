"""Leftovers in the user's services: databases that a killed worker did not drop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from harness.services import notes, postgres, redis
from harness.services.errors import ServiceError

#: Functions of the user's URL and a place (a database) in it: they drop or empty the place.
_GIVE_BACK: Mapping[str, Callable[[str, str], None]] = {
    "postgres": postgres.give_back,
    "redis": redis.give_back,
}


def drop_leftovers(folder: Path, service_urls: Mapping[str, str]) -> None:
    """Drop the databases that the notes in ``folder`` show as still lent.

    A failure to do so is noted there as a death of the service.
    """
    for service, place in notes.read(folder).lent.items():
        if service not in service_urls:
            continue  # its URL is no longer known
        try:
            _GIVE_BACK[service](service_urls[service], place)
        except (ServiceError, OSError, ValueError) as error:  # ValueError: an invalid URL
            notes.note(folder, {"died": f"{service} still holds {place}: {error}"})
        else:
            notes.note(folder, {"returned": service})
