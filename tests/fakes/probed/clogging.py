"""Fake that hangs on workloads of more than ten steps."""

import time

from . import adapter
from .adapter import build, engine_count, service

__all__ = ["build", "engine_count", "run", "service"]


def run(flow, ctx):
    if len(flow.steps) > 10:
        time.sleep(3600)
    return adapter.run(flow, ctx)
