"""Label of a framework in a run: the adapter's name, and a requested version or interpreter."""

from __future__ import annotations

import msgspec

_PYTHON = "py"  # before an interpreter's version


class Label(msgspec.Struct, frozen=True):
    """Label such as ``prefect``, ``prefect@3.8.5``, ``prefect@py3.12`` or both together."""

    adapter: str
    version: str | None = None  #: of the framework; None for the one that the adapter's lock pins
    python: str | None = None  #: minor version of an interpreter, as ``3.12``; None for its own

    @staticmethod
    def parse(text: str) -> Label:
        """Parse any text as a label; a part that begins with ``py`` requests an interpreter."""
        adapter, *parts = text.split("@")
        versions = [part for part in parts if not part.startswith(_PYTHON)]
        pythons = [part.removeprefix(_PYTHON) for part in parts if part.startswith(_PYTHON)]
        return Label(
            adapter,
            "@".join(versions) if versions else None,
            pythons[-1] if pythons else None,
        )

    def __str__(self) -> str:
        version = "" if self.version is None else f"@{self.version}"
        python = "" if self.python is None else f"@{_PYTHON}{self.python}"
        return f"{self.adapter}{version}{python}"

    @property
    def without_python(self) -> str:
        """Return the label as text, without the requested interpreter."""
        return str(msgspec.structs.replace(self, python=None))


def adapter_of(label: str) -> str:
    """Return the name of the adapter that a label names."""
    return label.partition("@")[0]
