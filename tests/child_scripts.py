"""Code for processes that use a known amount of CPU time, and leave children in several ways."""

from __future__ import annotations

#: Begins a child's script: ``burn(seconds)`` uses CPU time, ``forked(function)`` returns the pid of
#: a child that runs ``function``; ``meter`` and ``before`` are a reading at the start.
BURNING = """
import json, os, pathlib, sys, time
from harness.processes.meter import Meter

def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass

def forked(function):
    pid = os.fork()
    if not pid:
        function()
        os._exit(0)
    return pid

meter = Meter()
before = meter.read()
"""
