"""Lazy imports: modules that a library imports, loaded only when an attribute is read."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


class _LazyModule(ModuleType):
    """Stand-in for a module: the first access to an attribute loads the real one."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # attributes that the import system reads of any module
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def lazily_imported(*names: str) -> Iterator[None]:
    """Put stand-ins for the modules ``names`` into ``sys.modules`` while the block runs.

    An import after the block gets the module itself. ``importlib.util.LazyLoader`` does not help:
    it loads a module as soon as a second one imports it.
    """
    standing = {name: _LazyModule(name) for name in names if name not in sys.modules}
    sys.modules.update(standing)
    try:
        yield
    finally:
        for name, module in standing.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
