"""MLRun with an API service that the user runs: it records each step as a run."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import unquote, urlsplit

import mlrun
import requests
from mlrun.db.httpdb import HTTPRunDB

from adapters.contract import Context, Workload
from adapters.mlrun.adapter import Flow, flow_of, run

__all__ = ["build", "engine_count", "run", "service"]

_ANSWER_S = 15.0
_REPETITION = "repetition"  # label of the runs of one repetition


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Connect to the service and create a project there, which is deleted at exit."""
    url = urlsplit(ctx.services.url("endpoint"))
    place = url._replace(netloc=url.netloc.rpartition("@")[2]).geturl().rstrip("/")
    _check_version(place)
    artifacts = str(ctx.folder / "artifacts")
    user, key = (unquote(text) if text else None for text in (url.username, url.password))
    name = f"harness-{uuid.uuid4().hex[:12]}"
    try:
        mlrun.set_environment(place, artifacts, access_key=key, username=user)
        mlrun.new_project(name, context=str(ctx.folder / "project"))
    except mlrun.errors.MLRunHTTPError as error:
        raise _failed(place, f"did not create project {name}", error) from None
    yield
    try:
        mlrun.get_run_db().delete_project(name, "cascade")
    except mlrun.errors.MLRunHTTPError as error:
        raise _failed(place, f"did not delete project {name}", error) from None


def _failed(place: str, what: str, error: object) -> RuntimeError:
    return RuntimeError(f"MLRun's API service at {place} {what}: {error}")


def _check_version(place: str) -> None:
    """Raise ``RuntimeError`` unless the service answers, with a version that fits this client's.

    MLRun's own client would ask a silent service for minutes, and only logs a wrong version.
    """
    try:
        answer = requests.get(f"{place}/api/v1/client-spec", timeout=_ANSWER_S)
    except requests.RequestException as error:
        raise _failed(place, "does not answer", error) from None
    try:
        version = answer.json()["version"]
    except (ValueError, KeyError, TypeError):
        said = f"{answer.status_code} {answer.text[:200]}"
        raise _failed(place, "is not an MLRun service; it answered", said) from None
    if not HTTPRunDB._validate_version_compatibility(version, mlrun.__version__):
        what = f"has version {version}, which this client does not support"
        raise _failed(place, what, f"the client is {mlrun.__version__}")


def build(workload: Workload, ctx: Context) -> Flow:
    """Save the function in the project, and return the workflow handler."""
    project = mlrun.get_current_project()
    project.set_function(mlrun.new_function("steps", kind="local", project=project.name))
    project.save()
    launch = partial(project.run_function, "steps", labels={_REPETITION: ctx.run_id})
    return flow_of(project, launch, workload, ctx)


def engine_count(ctx: Context) -> int | None:
    """Return the number of completed runs of the repetition, from all pages of the list."""
    project = mlrun.get_current_project()
    return len(project.list_runs(labels={_REPETITION: ctx.run_id}, states=["completed"]))
