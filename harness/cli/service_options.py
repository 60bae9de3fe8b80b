"""Options of the commands that use services: PostgreSQL, Redis, Dask and others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from harness.results.resume_command import SERVICE_OPTIONS

Command = Callable[..., Any]

_OPTIONS = (
    click.option(
        "--postgres", metavar="URL", help="Use a PostgreSQL server of yours. [default: start one]"
    ),
    click.option(
        "--redis", metavar="URL", help="Use a Redis server of yours. [default: start one]"
    ),
    click.option(
        "--dask",
        metavar="URL",
        help="Use a Dask scheduler of yours and its workers. [default: start them]",
    ),
    click.option(
        "--service-url",
        "endpoint",
        metavar="URL",
        help="Use a service of yours in a mode that needs one the harness cannot start, such as "
        "a Flyte cluster. [default: the variable that adapter.toml names]",
    ),
    click.option(
        "--listen",
        metavar="ADDRESS",
        help="Address of this host at which workers on other hosts reach the harness's services "
        "and the collector of their records. [default: 127.0.0.1]",
    ),
)


def services(command: Command) -> Command:
    """Add the options that name the user's services to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def service_urls(options: dict[str, Any]) -> dict[str, str]:
    """Remove the options of :func:`services` from ``options``; return those that were given."""
    return {name: text for name in SERVICE_OPTIONS if (text := options.pop(name)) is not None}
