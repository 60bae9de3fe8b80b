"""Command that resumes a run, with the options of the services that it was started with."""

from __future__ import annotations

from collections.abc import Collection

from harness.model import Run

#: Services and addresses that a user may give to a run, with the option of each.
SERVICE_OPTIONS = {
    "postgres": "--postgres URL",
    "redis": "--redis URL",
    "dask": "--dask URL",
    "endpoint": "--service-url URL",
    "listen": "--listen ADDRESS",
}


def as_options(names: Collection[str]) -> str:
    """Return the options of these names, as they are typed."""
    return " ".join(option for name, option in SERVICE_OPTIONS.items() if name in names)


def resume_command(run: Run) -> str:
    """Return the command that resumes ``run``, with ``URL`` for each URL; probes are not named."""
    if not run.plan.order:
        return f"harness probe --into {run.id}"
    return f"harness run --resume {run.id} {as_options(run.user_services or ())}".rstrip()
