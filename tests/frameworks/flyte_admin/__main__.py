"""Server of the stand-in until SIGTERM; the first line on stdout is the port of its gRPC."""

from __future__ import annotations

import argparse
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from flyteidl.service import admin_pb2_grpc, auth_pb2_grpc, dataproxy_pb2_grpc

from .admin import Admin, Identity, Uploads
from .guard import Guard
from .pods import Pods
from .web import Web


def main() -> None:
    """Serve until SIGTERM, then end all executions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--secret", default="", help="require the token that this secret gives")
    parser.add_argument("--silent", action="store_true", help="accept calls and answer none")
    asked = parser.parse_args()
    web = Web(asked.folder / "uploads", asked.secret)
    pods = Pods(asked.folder / "pods")
    ended = threading.Event()
    guard = Guard(web.token, ended if asked.silent else None)
    server = grpc.server(ThreadPoolExecutor(16), interceptors=[guard])
    admin_pb2_grpc.add_AdminServiceServicer_to_server(Admin(pods), server)
    dataproxy_pb2_grpc.add_DataProxyServiceServicer_to_server(Uploads(web), server)
    auth_pb2_grpc.add_AuthMetadataServiceServicer_to_server(Identity(web), server)
    port = server.add_insecure_port("127.0.0.1:0")
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with web:
        server.start()
        print(port, flush=True)
        ended.wait()
        pods.kill()
        server.stop(None).wait()


if __name__ == "__main__":
    main()
