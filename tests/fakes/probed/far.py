"""Hooks of a fake whose runs start further apart than one of them lasts."""

import time

from . import works

_APART_S = 4.0


def durable(probe):
    number = int(probe.run_id.rpartition("-")[2])
    time.sleep(_APART_S * ((number - 1) % 2))
    return works.durable(probe)
