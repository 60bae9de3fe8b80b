"""Fake whose engine records at most ten steps."""

from .adapter import run, service

__all__ = ["build", "engine_count", "run", "service"]

_ran = 0


def build(workload, ctx):
    global _ran
    _ran = len(workload.steps)
    return workload


def engine_count(ctx):
    return min(_ran, 10)
