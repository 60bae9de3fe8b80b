"""Broken hooks, each in its own way."""

import os
import signal
import sys
import time


def retry(probe):
    raise KeyError("a fault of the hook")


def loop(probe):
    sys.exit(3)


def branch(probe):
    os.kill(os.getpid(), signal.SIGKILL)


def type_mismatch(probe):
    return {"rejected": float("nan")}


def timeout_sleep(probe):
    print("hanging now", flush=True)
    time.sleep(3600)


def sub_workflow(probe):
    """Leave an orphaned process in its own session behind."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)
    return {"child": None}
