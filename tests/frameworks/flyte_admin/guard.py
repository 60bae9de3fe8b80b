"""Authentication of gRPC calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import grpc

HEADER = "flyte-authorization"  # Flyte lets the server name it


class Guard(grpc.ServerInterceptor):
    """Interceptor that admits calls with the token, and all calls that ask how to get one.

    With ``silence`` no call is answered until that event is set.
    """

    def __init__(self, token: str, silence: threading.Event | None) -> None:
        self._token, self._silence = token, silence

    def intercept_service(self, handler: Callable[[Any], Any], call: Any) -> Any:
        if self._silence is not None:
            self._silence.wait()
        public = "AuthMetadataService" in call.method
        brought = dict(call.invocation_metadata).get(HEADER)
        if public or not self._token or brought == f"Bearer {self._token}":
            return handler(call)

        def refuse(request: Any, context: Any) -> None:
            reason = "token is wrong" if brought else "token is missing"
            context.abort(grpc.StatusCode.UNAUTHENTICATED, reason)

        return grpc.unary_unary_rpc_method_handler(refuse)
