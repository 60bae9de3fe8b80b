"""Hooks of a fake whose workers start a process for each step, and are replaced if they die."""

import os

from adapters.probing import perform


def durable(probe):
    for name in ("one", "two", "three", "four"):
        while not _worked(probe.call(name)):
            pass
    return {"state": "success"}


def _worked(call):
    """Run the step in a process of a worker; return whether that worker survived it."""
    worker = os.fork()
    if worker == 0:
        step = os.fork()
        if step == 0:
            perform(call, previous=0)
            os._exit(0)
        os._exit(os.waitpid(step, 0)[1] != 0)
    return os.waitpid(worker, 0)[1] == 0
