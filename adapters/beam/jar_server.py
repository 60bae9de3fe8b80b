"""Beam's Spark or Flink job server, a jar that the user names; the client's worker runs the stages.

No package contains these jars: Maven Central has them, as beam-runners-spark-3-job-server and
beam-runners-flink-<version>-job-server.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.beam.adapter import run
from adapters.beam.server import addresses, answers, build
from adapters.contract import Context, no_engine_count

__all__ = ["build", "engine_count", "run", "service"]

engine_count = no_engine_count

_PATIENCE_S = 300.0  # a Java server with an engine in it

#: By mode: the variable that names the jar, and the option for an engine in the server's process.
_SERVERS = {
    "server-spark": ("BEAM_SPARK_JOB_SERVER_JAR", "--spark-master-url=local[{workers}]"),
    "server-flink": ("BEAM_FLINK_JOB_SERVER_JAR", "--flink-master=[local]"),
}


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Start the job server, with its engine in the same process."""
    variable, engine = _SERVERS[ctx.mode]
    host, ports = ctx.services.host, [ctx.services.port() for _ in range(3)]
    names = ("--job-port", "--artifact-port", "--expansion-port")
    staging = ctx.folder / "staging"
    staging.mkdir()
    ctx.services.start(
        "beam job server",
        [
            *(java(), "-jar", str(jar_of(variable)), engine.format(workers=ctx.workers)),
            *(f"--job-host={host}", f"--artifacts-dir={staging}"),
            *(f"{name}={port}" for name, port in zip(names, ports, strict=True)),
        ],
        ready=lambda: answers(host, ports[0]),
        patience_s=_PATIENCE_S,
    )
    addresses[str(ctx.folder)] = f"{host}:{ports[0]}"
    yield


def java() -> str:
    """Return the program; raise ``RuntimeError`` with what to install if there is none."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    if found is None:
        where = f"JAVA_HOME={home}" if home else "PATH"
        raise RuntimeError(
            f"there is no java in {where}; install one: apt-get install default-jre-headless"
        )
    return found


def jar_of(variable: str) -> Path:
    """Return the jar that a variable names; raise ``RuntimeError`` if it is not a jar."""
    path = Path(os.environ[variable])
    if not zipfile.is_zipfile(path):
        raise RuntimeError(f"{variable}={path} is not a jar; name a job server's jar of Beam")
    return path
