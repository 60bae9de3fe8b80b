"""Fixtures for faults."""

from __future__ import annotations

import pytest

from harness.home import Home

from .machinery import make_every_home, make_home


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the plain environment in it, under every fake's name."""
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def every_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the checkout's environments of all frameworks."""
    return make_every_home(tmp_path_factory.mktemp("every-home"))
