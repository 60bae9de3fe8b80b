"""Modules that a library imports for what we do not ask of it, loaded only if that is asked."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


class _Postponed(ModuleType):
    """Stands for a module; the first thing asked of it loads the real one."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # what the import system asks of any module
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def postponed(*names: str) -> Iterator[None]:
    """What is imported meanwhile gets stand-ins for the modules ``names``.

    Whoever imports one of them later gets the module itself. ``importlib.util.LazyLoader`` would
    do, but loads when a second module imports the first.
    """
    standing = {name: _Postponed(name) for name in names if name not in sys.modules}
    sys.modules.update(standing)
    try:
        yield
    finally:
        for name, module in standing.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
