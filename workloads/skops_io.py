"""Fast import of ``skops.io``, without a search of every loaded module for NumPy's functions.

A ufunc does not name its module, so skops searches all modules in the order of their import,
several hundred times. After a framework's two thousand modules this takes seconds, and modules with
lazy attributes import more or warn. With NumPy and SciPy first, the search ends at once. All users
of ``skops.io`` import it through this module.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections import UserDict
from types import ModuleType
from typing import Any

_HOME = ("numpy", "scipy")  # modules of the functions that skops searches for
_importing = threading.Lock()


class _NumpyFirst(UserDict[str, ModuleType]):
    """The loaded modules, in a mapping whose copies have NumPy's and SciPy's first."""

    def __init__(self, modules: dict[str, ModuleType]) -> None:
        self.data = modules

    def copy(self) -> Any:
        """Return the modules in the order in which skops searches them."""
        everything = self.data.copy()
        first = {name: each for name, each in everything.items() if name.startswith(_HOME)}
        return first | everything


def skops_io() -> Any:
    """Return the module ``skops.io``, after any other thread has finished importing it."""
    with _importing:
        if "skops.io" not in sys.modules:
            importlib.import_module("scipy.special")
            modules = sys.modules
            sys.modules = _NumpyFirst(modules)  # type: ignore[assignment]  # skops only copies it
            try:
                importlib.import_module("skops.io")
            finally:
                sys.modules = modules
        return sys.modules["skops.io"]
