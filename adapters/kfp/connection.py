"""Client of a Kubeflow Pipelines API service: its version, our credentials, and deadlines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import kfp
import kfp_server_api
import requests
import urllib3
from kfp.client import KF_PIPELINES_SA_TOKEN_ENV, ServiceAccountTokenVolumeCredentials

_ANSWER_S = 30
_API = "v2beta1"  # of kfp 2; the services of kfp 1 have v1beta1 only
_LOGIN = (301, 302, 303, 307)  # a gateway sends a request without credentials to its login page

#: Variables of kfp: of its command line and of its client.
NAMESPACE, CERTIFICATES = "KFP_NAMESPACE", "SSL_CERT_FILE"
_CREDENTIALS = f"{KF_PIPELINES_SA_TOKEN_ENV} names the file of a token, {NAMESPACE} the namespace"


class _Timely(kfp_server_api.rest.RESTClientObject):  # type: ignore[misc]  # untyped
    """A client whose every request has a deadline."""

    def request(self, *arguments: Any, **named: Any) -> Any:
        """Send a request, and wait at most ``_ANSWER_S`` seconds for each answer."""
        return super().request(*arguments, **{**named, "_request_timeout": _ANSWER_S})


# kfp.Client makes its own client, also in its constructor, and has no setting for a timeout.
kfp_server_api.rest.RESTClientObject = _Timely


def connected(url: str) -> tuple[kfp.Client, str]:
    """Return a client, and the id of the experiment to which runs belong.

    Raises ``RuntimeError`` if the service does not answer, has another version or refuses us.
    """
    namespace = os.environ.get(NAMESPACE)
    token = os.environ.get(KF_PIPELINES_SA_TOKEN_ENV)
    credentials = ServiceAccountTokenVolumeCredentials(token) if token else None
    with saying(url):
        health = _health(url, credentials)
        if health.get("multi_user") and not namespace:
            raise _failed(url, f"it has a namespace for each user; set {NAMESPACE} to yours")
        client = kfp.Client(
            host=url,
            credentials=credentials,
            ssl_ca_cert=os.environ.get(CERTIFICATES),
            **({"namespace": namespace} if namespace else {}),
        )
        name = os.environ.get("KF_PIPELINES_DEFAULT_EXPERIMENT_NAME", "Default")
        return client, client.create_experiment(name, namespace=namespace).experiment_id


def _health(url: str, credentials: ServiceAccountTokenVolumeCredentials | None) -> dict[str, Any]:
    """Return the service's health, which says whether it is one of kfp 2.

    The constructor of ``kfp.Client`` asks too, but five times, and takes any answer.
    """
    known = kfp_server_api.Configuration()
    if credentials is not None:
        credentials.refresh_api_key_hook(known)
    token = known.api_key.get("authorization")
    answer = _get(f"{url}/apis/{_API}/healthz", token)
    if answer.status_code in (401, 403, *_LOGIN):
        what = "refused the token" if token else "requires a token"
        raise _failed(url, f"{answer.status_code}: it {what}; {_CREDENTIALS}")
    if answer.status_code == 404:
        old = _json(_get(f"{url}/apis/v1beta1/healthz", token))
        version = (old or {}).get("tag_name", "unknown")
        needed = f"kfp {kfp.__version__} needs API {_API}, of version 2"
        raise _failed(url, f"404: {needed}; its version is {version}: upgrade it, or use its URL")
    health = _json(answer)
    if not answer.ok or health is None:
        said = " ".join(answer.text.split())[:200]
        what = f"{answer.status_code}, which Kubeflow Pipelines does not say: {said}"
        raise _failed(url, f"it answered {what}; give the URL of its API service")
    return health


def _get(url: str, token: str | None) -> requests.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    certificates = os.environ.get(CERTIFICATES, True)
    return requests.get(
        url, headers=headers, timeout=_ANSWER_S, verify=certificates, allow_redirects=False
    )


def _json(answer: requests.Response) -> dict[str, Any] | None:
    try:
        found = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _failed(url: str, what: str) -> RuntimeError:
    return RuntimeError(f"Kubeflow Pipelines at {url}: {' '.join(what.split())}")


@contextmanager
def saying(url: str) -> Iterator[None]:
    """Raise ``RuntimeError`` for an error of the service: one line with URL, reason, next step."""
    try:
        yield
    except kfp_server_api.ApiException as error:
        raise _failed(url, f"{error.status}: {_said(error)}; {_CREDENTIALS}") from error
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise _failed(url, f"no answer in {_ANSWER_S} s; check that it is ready") from error
    except requests.exceptions.SSLError as error:
        hint = f"check the URL, and the file of certificates that {CERTIFICATES} names"
        raise _failed(url, f"{error}; {hint}") from error
    except (OSError, urllib3.exceptions.HTTPError) as error:
        # requests' own errors are OSErrors, as is that of a token's file.
        raise _failed(url, f"{error}; check the URL, and that a server listens there") from error


def _said(error: kfp_server_api.ApiException) -> str:
    try:
        return str(json.loads(error.body)["message"])
    except (KeyError, TypeError, ValueError):
        return str(error.body or error.reason)
