"""Places in instances that were given, after a worker that was killed before it gave them back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from harness.services import notes, postgres, redis
from harness.services.errors import ServiceError

#: Takes the URL that was given and the place that it lent, and leaves nothing of it.
_GIVE_BACK: Mapping[str, Callable[[str, str], None]] = {
    "postgres": postgres.give_back,
    "redis": redis.give_back,
}


def drop_leftovers(folder: Path, service_urls: Mapping[str, str]) -> None:
    """Give back what the notes in ``folder`` say is still lent; note what cannot be."""
    for service, place in notes.read(folder).lent.items():
        if service not in service_urls:
            continue  # nobody knows any more where it was
        try:
            _GIVE_BACK[service](service_urls[service], place)
        except (ServiceError, OSError, ValueError) as error:  # the last of a URL that is none
            notes.note(folder, {"died": f"{service} still holds {place}: {error}"})
        else:
            notes.note(folder, {"returned": service})
