"""Fixtures for faults."""

from __future__ import annotations

import pytest

from harness.home import Home

from .machinery import make_home


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the plain environment in it, under every fake's name."""
    return make_home(tmp_path_factory.mktemp("home"))
