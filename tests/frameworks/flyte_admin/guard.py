"""Who may call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import grpc

HEADER = "flyte-authorization"  # Flyte lets the server name it


class Guard(grpc.ServerInterceptor):
    """Lets in who brings the token, and everybody who asks how to get one.

    With ``silence`` nobody is answered until that is over.
    """

    def __init__(self, token: str, silence: threading.Event | None) -> None:
        self._token, self._silence = token, silence

    def intercept_service(self, go_on: Callable[[Any], Any], call: Any) -> Any:
        if self._silence is not None:
            self._silence.wait()
        public = "AuthMetadataService" in call.method
        brought = dict(call.invocation_metadata).get(HEADER)
        if public or not self._token or brought == f"Bearer {self._token}":
            return go_on(call)

        def refuse(request: Any, context: Any) -> None:
            said = "token is wrong" if brought else "token is missing"
            context.abort(grpc.StatusCode.UNAUTHENTICATED, said)

        return grpc.unary_unary_rpc_method_handler(refuse)
