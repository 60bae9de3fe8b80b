"""MLRun with its API service, which somebody else runs: every step is a run that it records."""

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
_REPETITION = "repetition"  # the label by which the runs of one are found


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """A connection to the service, and a project of our own there, which is deleted at the end."""
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
        raise _failed(place, f"made no project {name}", error) from None
    yield
    try:
        mlrun.get_run_db().delete_project(name, "cascade")
    except mlrun.errors.MLRunHTTPError as error:
        raise _failed(place, f"still has our project {name}", error) from None


def _failed(place: str, what: str, error: object) -> RuntimeError:
    return RuntimeError(f"MLRun's API service at {place} {what}: {error}")


def _check_version(place: str) -> None:
    """Raise unless MLRun's service answers, in a version that MLRun lets this client speak to.

    Its own client would ask a silent service for minutes, and only logs what versions do not match.
    """
    try:
        answer = requests.get(f"{place}/api/v1/client-spec", timeout=_ANSWER_S)
    except requests.RequestException as error:
        raise _failed(place, "does not answer", error) from None
    try:
        version = answer.json()["version"]
    except (ValueError, KeyError, TypeError):
        said = f"{answer.status_code} {answer.text[:200]}"
        raise _failed(place, "is none: it said", said) from None
    if not HTTPRunDB._validate_version_compatibility(version, mlrun.__version__):
        what = f"is of version {version}, which MLRun does not support"
        raise _failed(place, what, f"the client is {mlrun.__version__}")


def build(workload: Workload, ctx: Context) -> Flow:
    """The function in the project, saved, and the workflow handler."""
    project = mlrun.get_current_project()
    project.set_function(mlrun.new_function("steps", kind="local", project=project.name))
    project.save()
    launch = partial(project.run_function, "steps", labels={_REPETITION: ctx.run_id})
    return flow_of(project, launch, workload, ctx)


def engine_count(ctx: Context) -> int | None:
    """Completed runs of the repetition, as the service lists them, from all pages."""
    project = mlrun.get_current_project()
    return len(project.list_runs(labels={_REPETITION: ctx.run_id}, states=["completed"]))
