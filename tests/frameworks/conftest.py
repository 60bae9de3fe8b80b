"""Fixtures for tests of the real frameworks."""

from __future__ import annotations

import pytest

from harness.home import Home

from ..conformance.machinery import harness, make_every_home

_LONG = ("test_readme.py", "test_churn.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first, or one process would do it while the others are done."""
    items.sort(key=lambda each: each.path.name not in _LONG)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of its own, with every framework's environment ready."""
    home = make_every_home(tmp_path_factory.mktemp("frameworks"))
    done = harness(home, "setup", timeout=1800)
    assert done.returncode == 0, done.stderr
    return home
