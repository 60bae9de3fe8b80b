"""Hooks of a fake that accepts every setting, ignores it, and reports success."""

import threading

from adapters.probing import perform


def retry(probe):
    try:
        perform(probe.call("flaky"))
    except ValueError:
        return {"attempts": 3, "state": "success"}
    return {}


def timeout_sleep(probe):
    """Report a timeout, and leave the body running."""
    body = threading.Thread(target=perform, args=(probe.call("long"),))
    body.start()
    body.join(probe.settings["timeout_s"])
    probe.mark("told")
    return {"failed": True}


def durable(probe):
    """Report success, even though two of four steps have not run."""
    if probe.attempt == 1:
        perform(probe.call("one"), previous=0)
        perform(probe.call("two"), previous=1)
    return {"state": "success"}
