"""Import of skops.io: complete in every thread, with NumPy searched first."""

from __future__ import annotations

import subprocess
import sys

THREADS = """
import sys, threading
import sklearn.linear_model
from workloads.skops_io import skops_io

modules, found = sys.modules, []
begun = threading.Barrier(8)

def load():
    begun.wait()
    found.append(hasattr(skops_io(), "dumps"))

threads = [threading.Thread(target=load) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
assert found == [True] * 8, found
assert sys.modules is modules
"""

ASKED = """
import sys, types

class Lazy(types.ModuleType):
    asked = 0
    def __getattr__(self, name):
        Lazy.asked += 1
        raise AttributeError(name)

for number in range(50):
    sys.modules[f"lazy_{number}"] = Lazy(f"lazy_{number}")
from workloads.skops_io import skops_io
skops_io()
assert Lazy.asked < 500, Lazy.asked
assert "lazy_7" in sys.modules and "skops.io" in sys.modules
"""


def run(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr


def test_skops_io_is_complete_in_every_thread() -> None:
    run(THREADS)


def test_earlier_modules_are_not_searched_for_every_function() -> None:
    run(ASKED)
