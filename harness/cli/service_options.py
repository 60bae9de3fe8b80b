"""Options that belong together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from harness.results.resume_command import SERVICE_OPTIONS

Command = Callable[..., Any]

_OPTIONS = (
    click.option("--postgres", metavar="URL", help="Use this PostgreSQL instead of our own."),
    click.option("--redis", metavar="URL", help="Likewise Redis."),
    click.option("--dask", metavar="URL", help="Likewise a Dask scheduler with its workers."),
    click.option(
        "--service-url",
        "endpoint",
        metavar="URL",
        help="A service that no package can start, for a mode whose adapter asks for one.",
    ),
    click.option(
        "--listen",
        metavar="ADDRESS",
        help="Where workers on other hosts find our services and who collects what they "
        "record. [default: 127.0.0.1]",
    ),
)


def services(command: Command) -> Command:
    """Add the options that say which services to use."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def service_urls(options: dict[str, Any]) -> dict[str, str]:
    """Take out of ``options`` what :func:`services` added, as far as it was typed."""
    return {name: text for name in SERVICE_OPTIONS if (text := options.pop(name)) is not None}
