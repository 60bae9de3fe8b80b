"""Hooks of a fake that takes every setting, heeds none, and says that all went well."""

import threading

from adapters.probing import perform


def retry(probe):
    try:
        perform(probe.call("flaky"))
    except ValueError:
        return {"attempts": 3, "state": "success"}
    return {}


def timeout_sleep(probe):
    """Tells of a timeout, and leaves the body running."""
    body = threading.Thread(target=perform, args=(probe.call("long"),))
    body.start()
    body.join(probe.settings["timeout_s"])
    probe.mark("told")
    return {"failed": True}


def durable(probe):
    """Claims that the run was good, whatever became of it."""
    if probe.attempt == 1:
        perform(probe.call("one"), previous=0)
        perform(probe.call("two"), previous=1)
    return {"state": "success"}
