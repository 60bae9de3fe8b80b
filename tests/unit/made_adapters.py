"""Adapter folders of frameworks that do not exist."""

from __future__ import annotations

from pathlib import Path

#: Requirements of the adapter ``acme`` for each target, in the order of preference.
INTEGRATIONS = """
[integrations]
aws = ["acme-aws", "acme-s3"]
gcp = ["acme-gcp"]
dask = ["acme[dask]", "acme[ray]"]
"""


def adapter_toml(
    name: str = "mine",
    *,
    package: str = "",
    mode: str = "inprocess",
    parallel: bool = True,
    isolation: str = "thread",
) -> str:
    """Return a valid ``adapter.toml`` with one mode; ``package`` is ``name`` by default."""
    return f"""
title = "{name}"
package = "{package or name}"
python = ">=3.11"
homepage = "https://{name}.example"
[modes.{mode}]
summary = "one"
durable = false
parallel = {str(parallel).lower()}
isolation = "{isolation}"
"""


def write_adapter(home: Path, name: str, text: str = "", **files: str) -> Path:
    """Write the adapter ``name`` below ``home/adapters`` and return its folder.

    ``text`` is its ``adapter.toml`` (default: :func:`adapter_toml`); ``files`` are further files,
    with ``_`` for the dot of their names (``requirements_in``).
    """
    folder = home / "adapters" / name
    folder.mkdir(parents=True)
    (folder / "adapter.toml").write_text(text or adapter_toml(name))
    for key, content in files.items():
        (folder / key.replace("_", ".")).write_text(content)
    return folder


def write_acme(home: Path) -> Path:
    """Write the adapter ``acme`` with integrations to look up, and return its folder."""
    text = adapter_toml("acme", parallel=False, isolation="none")
    return write_adapter(home, "acme", text, facts_toml=INTEGRATIONS, requirements_in="acme==1.1\n")


def write_code_adapter(
    home: Path, name: str, *, package: str = "", mode: str = "inprocess", parallel: bool = True
) -> None:
    """Write an adapter with one line of code, which counts as effort in the matrix."""
    text = adapter_toml(name, package=package, mode=mode, parallel=parallel, isolation="none")
    write_adapter(home, name, text, adapter_py="x = 1\n")
