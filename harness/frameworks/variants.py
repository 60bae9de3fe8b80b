"""Variants of frameworks for portability runs: each on every interpreter of the machine."""

from __future__ import annotations

from collections.abc import Sequence

from harness.errors import HarnessError
from harness.frameworks import interpreters, virtualenvs
from harness.frameworks.catalog import Framework, of_python
from harness.home import Home


def variants(home: Home, frameworks: Sequence[Framework]) -> list[Framework]:
    """Return each framework on every other interpreter of this machine, also unsupported ones."""
    minors = [".".join(each.version.split(".")[:2]) for each in interpreters.installed()]
    return [
        of_python(framework, minor)
        for framework in frameworks
        if framework.python is None
        for minor in minors
        if minor != _own(home, framework)
    ]


def _own(home: Home, framework: Framework) -> str:
    """Return the minor version of its default interpreter; empty if none is installed."""
    try:
        version = virtualenvs.plan(home, framework).interpreter.version
    except HarnessError:
        return ""
    return ".".join(version.split(".")[:2])
