"""Server of the stand-in until SIGTERM; the first line on stdout is its port."""

from __future__ import annotations

import argparse
import signal
import ssl
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

from .api import Service, handler
from .pods import Pods


def main() -> None:
    """Serve until SIGTERM, then end all tasks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--token", default="", help="require this token")
    parser.add_argument("--gateway", action="store_true", help="a gateway asks for it, by a login")
    parser.add_argument("--namespace", default="", help="serve several users, in this one")
    parser.add_argument("--silent", action="store_true", help="accept requests and answer none")
    parser.add_argument("--old", action="store_true", help="be a service of version 1")
    parser.add_argument("--at-once", type=int, default=8, help="tasks of a run")
    parser.add_argument("--certificate", type=Path, help="speak TLS, with this key and certificate")
    asked = parser.parse_args()
    pods = Pods(asked.folder, asked.at_once)
    ended = threading.Event()
    service = Service(
        pods,
        asked.token,
        asked.gateway,
        asked.namespace,
        asked.old,
        ended if asked.silent else None,
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(service))
    if asked.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(asked.certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    ended.wait()
    pods.kill()
    server.shutdown()


if __name__ == "__main__":
    main()
