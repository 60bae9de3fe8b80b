"""Type of the option ``--mode``: the name of a mode, also one from an older version."""

from __future__ import annotations

import click

from harness.model import present_mode


class ModeName(click.ParamType[str]):
    """Name of a mode or of a family of modes. A former name is replaced, with a note on stderr."""

    name = "mode"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the present name of the mode ``value``."""
        present = present_mode(value)
        if present != value:
            click.echo(f"harness: mode {value} is called {present} now", err=True)
        return present


MODE = ModeName()
