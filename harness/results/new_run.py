"""Record of a new run, without results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

import harness
from harness import host, provenance
from harness.errors import HarnessError
from harness.model import SCHEMA, Environment, Plan, Run


def new_run(
    name: str,
    plan: Plan,
    environments: Mapping[str, Environment | HarnessError],
    *,
    code: str,
    settings: Mapping[str, dict[str, str]],
    roles: Mapping[str, str],
    artifacts: str = "",
    user_services: list[str] | None = None,
) -> Run:
    """Return the record of a run that begins now, on this machine, with this code.

    ``code`` is the digest of all code that is executed; ``settings`` are environment variables by
    ``framework/mode``; ``roles`` are by framework; ``user_services`` are names of services that the
    user gave.
    """
    return Run(
        schema=SCHEMA,
        id=name,
        status="running",
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        harness=harness.__version__,
        commit=provenance.commit(),
        code=code,
        host=host.describe(),
        plan=plan,
        environments={
            name: facts for name, facts in environments.items() if isinstance(facts, Environment)
        },
        settings=dict(settings),
        trials=[],
        spins=[host.measure_noise()],
        artifacts=artifacts,
        user_services=user_services,
        roles=dict(roles),
    )
