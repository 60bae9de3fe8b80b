"""``skops.io``, imported without asking every loaded module for every function of NumPy.

A ufunc doesn't say where it is from, so skops tries all modules in the order in which they were
loaded, several hundred times. Where a framework has loaded two thousand before NumPy that takes
seconds, and each of them with a lazy attribute does its own work or warns. With NumPy and SciPy
first the search ends at once. Whoever wants ``skops.io`` imports it through here.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections import UserDict
from types import ModuleType
from typing import Any

_HOME = ("numpy", "scipy")  # of the functions that are looked for
_importing = threading.Lock()


class _NumpyFirst(UserDict[str, ModuleType]):
    """The loaded modules themselves, but that a copy of them has NumPy's and SciPy's first."""

    def __init__(self, modules: dict[str, ModuleType]) -> None:
        self.data = modules

    def copy(self) -> Any:
        """What skops goes through."""
        everything = self.data.copy()
        first = {name: each for name, each in everything.items() if name.startswith(_HOME)}
        return first | everything


def skops_io() -> Any:
    """The module ``skops.io``, whole: another thread may be in the middle of importing it."""
    with _importing:
        if "skops.io" not in sys.modules:
            importlib.import_module("scipy.special")
            modules = sys.modules
            sys.modules = _NumpyFirst(modules)  # type: ignore[assignment]  # all that is asked
            try:
                importlib.import_module("skops.io")
            finally:
                sys.modules = modules
        return sys.modules["skops.io"]
