"""Criteria as data: ``criteria.toml``, read strictly."""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import tomllib

from harness.decode import decode
from harness.errors import UsageError
from harness.home import package_folder
from harness.matrix.model import Criteria, Indicator

#: The folder of the project's own criteria and profiles.
FOLDER = package_folder("harness") / "matrix"


def read(path: Path = FOLDER / "criteria.toml") -> Criteria:
    """Read criteria. Raise :class:`UsageError` with the file, the key and the fault."""
    found = decode(parse(path), Criteria, str(path))
    ids = Counter(each.id for one in found.criteria.values() for each in one.indicators)
    twice = [name for name, count in ids.items() if count > 1]
    if twice:
        raise UsageError(f"{path}: two indicators have the id {twice[0]!r}; rename one")
    for name, criterion in found.criteria.items():
        if not criterion.indicators:
            raise UsageError(f"{path}: criteria.{name} has no indicator; add one, or remove it")
        for indicator in criterion.indicators:
            _check(indicator, f"{path}: criteria.{name}: {indicator.id}")
    for name, level in found.levels.items():
        if not 0 <= level.value <= 1:
            raise UsageError(f"{path}: levels.{name}: value = {level.value}: give 0 to 1")
    return found


def parse(path: Path) -> dict[str, Any]:
    """Read a TOML file as data. Raise :class:`UsageError` if it cannot be read."""
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from None


def _check(indicator: Indicator, where: str) -> None:
    bounds = (indicator.low, indicator.high)
    if not all(map(math.isfinite, bounds)) or not indicator.low < indicator.high:
        raise UsageError(f"{where}: low = {bounds[0]}, high = {bounds[1]}: give low below high")
    if indicator.scale == "log" and indicator.low <= 0:
        raise UsageError(f"{where}: low = {indicator.low}: a log scale needs bounds above 0")
    if indicator.scale == "levels" and (bounds != (0, 1) or indicator.better == "lower"):
        raise UsageError(
            f"{where}: levels are from 0 to 1, the higher the better: leave out bounds"
        )
    try:
        re.compile(indicator.counts)
    except re.error as error:
        raise UsageError(f"{where}: counts = {indicator.counts!r}: {error}") from None
    if not 0 < indicator.weight < math.inf:
        raise UsageError(f"{where}: weight = {indicator.weight}: give a number above 0")
