"""Client of Flyte's admin service: its address, our credentials, and a deadline for answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import grpc
import requests
from flytekit.clients.auth.authenticator import Authenticator, ClientConfigStore
from flytekit.clients.auth.exceptions import AuthenticationError
from flytekit.clients.auth_helper import register_authenticator_plugin
from flytekit.configuration import AuthType, Config, PlatformConfig, TaskConfig
from flytekit.exceptions.base import FlyteException
from flytekit.remote import FlyteRemote

_ANSWER_S = 30
_CREDENTIALS = "credentials come from the flytekit configuration that FLYTECTL_CONFIG names"
#: Deadline of gRPC for each call, also for those about credentials; flytekit does not set one.
_DEADLINE = json.dumps({"methodConfig": [{"name": [{}], "timeout": f"{_ANSWER_S}s"}]})

#: Methods that open a browser or print a link; a worker runs without a person.
_INTERACTIVE = {each.value for each in (AuthType.STANDARD, AuthType.PKCE, AuthType.DEVICEFLOW)}
_ANONYMOUS = "harness-anonymous"


class _Anonymous(Authenticator):  # type: ignore[misc]  # flytekit is untyped here
    """An authenticator without credentials: the service refuses, instead of a wait for a person."""

    def refresh_credentials(self) -> None:
        """Do nothing."""


def _anonymous(platform: PlatformConfig, store: ClientConfigStore) -> Authenticator:
    return _Anonymous(platform.endpoint, None)


def connected(url: str) -> FlyteRemote:
    """Return a client whose first request was answered.

    Apart from the endpoint, flytekit's own configuration applies: the file that ``FLYTECTL_CONFIG``
    names, and flytekit's environment variables.
    """
    file = os.environ.get("FLYTECTL_CONFIG")
    parts, config, task = urlsplit(url), Config.auto(file), TaskConfig.auto(file)
    platform = replace(config.platform, endpoint=parts.netloc, insecure=parts.scheme == "http")
    if getattr(platform.auth_mode, "value", platform.auth_mode) in _INTERACTIVE:
        register_authenticator_plugin(_ANONYMOUS, _anonymous)
        platform = replace(platform, auth_mode=_ANONYMOUS)
    remote = FlyteRemote(
        config.with_params(platform=platform),
        task.project,
        task.domain,
        interactive_mode_enabled=False,
        options=[("grpc.service_config", _DEADLINE)],
    )
    remote.client.list_projects_paginated(limit=1)
    return remote


@contextmanager
def saying(url: str) -> Iterator[None]:
    """Raise ``RuntimeError`` for an error of the service, with its URL and its message."""
    try:
        yield
    except (FlyteException, grpc.RpcError, AuthenticationError, requests.RequestException) as error:
        raise RuntimeError(f"Flyte at {url}: {_said(error)}") from error


def _said(error: Exception) -> str:
    # flytekit keeps the service's message in the cause, and shows it for some errors only.
    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    if isinstance(cause, AuthenticationError):
        return f"{cause}; {_CREDENTIALS}"
    if not isinstance(cause, grpc.RpcError):
        return str(cause)
    hints = {
        grpc.StatusCode.UNAUTHENTICATED: f"; {_CREDENTIALS}",
        grpc.StatusCode.DEADLINE_EXCEEDED: f"; the deadline is {_ANSWER_S} s",
    }
    return f"{cause.code().name}: {cause.details()}{hints.get(cause.code(), '')}"
