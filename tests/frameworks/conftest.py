"""Fixtures for tests of the real frameworks."""

from __future__ import annotations

import pytest

from harness.home import Home

from ..conformance.machinery import harness, make_every_home

_LONG = ("test_docs.py", "test_readme.py", "test_churn.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first, so that none of them runs alone at the end."""
    items.sort(key=lambda each: each.path.name not in _LONG)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home of its own, with every framework's environment ready."""
    home = make_every_home(tmp_path_factory.mktemp("frameworks"))
    done = harness(home, "setup", timeout=1800)
    assert done.returncode == 0, done.stderr
    return home
