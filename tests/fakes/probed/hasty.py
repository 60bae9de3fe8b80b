"""Hooks of a fake of whose first runs every second one ends before it can be killed."""

from . import works


def durable(probe):
    number = int(probe.run_id.rpartition("-")[2])
    return {"state": "success"} if number in (1, 3) else works.durable(probe)
