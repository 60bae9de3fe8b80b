"""Fake with a service: a process that sleeps."""

import sys
from contextlib import contextmanager

from .adapter import build, engine_count, run

__all__ = ["build", "engine_count", "run", "service"]


@contextmanager
def service(ctx):
    ctx.services.start(
        "sleeper", [sys.executable, "-c", "import time; time.sleep(3600)"], ready=lambda: True
    )
    yield
