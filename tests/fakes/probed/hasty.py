"""Hooks of a fake, every second of whose first runs is over before anybody can strike."""

from . import works


def durable(probe):
    number = int(probe.run_id.rpartition("-")[2])
    return {"state": "success"} if number in (1, 3) else works.durable(probe)
