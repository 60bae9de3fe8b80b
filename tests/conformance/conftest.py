"""Fixtures of conformance tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.home import Home
from harness.services import Services

from .machinery import make_every_home, make_home


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home with the plain environment in it, under every fake's name."""
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def every_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home with the checkout's environments of all frameworks."""
    return make_every_home(tmp_path_factory.mktemp("every-home"))


@pytest.fixture
def databases(tmp_path: Path) -> Services:
    (tmp_path / "logs").mkdir()
    return Services(tmp_path / "logs", tmp_path / "data")
