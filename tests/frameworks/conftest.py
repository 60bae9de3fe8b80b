"""Fixtures for tests of the real frameworks."""

from __future__ import annotations

import pytest

from harness.home import Home

from ..conformance.machinery import harness, make_every_home


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of its own, with every framework's environment ready."""
    home = make_every_home(tmp_path_factory.mktemp("frameworks"))
    done = harness(home, "setup", timeout=1800)
    assert done.returncode == 0, done.stderr
    return home
