"""Where things lie: environments and caches in ``.harness/``, runs in ``results/``."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The folder that the user works in: ``$HARNESS_HOME``, or the current one."""

    root: Path

    @staticmethod
    def here() -> Home:
        """The home of this command."""
        return Home(Path(os.environ.get("HARNESS_HOME", ".")).resolve())

    @property
    def envs(self) -> Path:
        """One folder for each environment."""
        return self.root / ".harness" / "envs"

    @property
    def locks(self) -> Path:
        """One file for each other version of a framework that was asked for."""
        return self.root / ".harness" / "locks"

    @property
    def imports(self) -> Path:
        """What workers see on their PYTHONPATH."""
        return self.root / ".harness" / "imports"

    @property
    def facts(self) -> Path:
        """What the package index said when it was asked from here."""
        return self.root / ".harness" / "facts.json"

    @property
    def scratch(self) -> Path:
        """Folders of health checks and workload builds, emptied after use."""
        return self.root / ".harness" / "scratch"

    @property
    def unpacked(self) -> Path:
        """Packed runs, unpacked once."""
        return self.root / ".harness" / "unpacked"

    @property
    def cache(self) -> Path:
        """Return the folder of figures derived from runs.

        It is not in the runs' own folders, which may come from anywhere.
        """
        return self.root / ".harness" / "cache"

    @property
    def results(self) -> Path:
        """One folder for each run."""
        return self.root / "results"

    @property
    def setups(self) -> Path:
        """What setting frameworks up took, a file for each framework and mode."""
        return self.results / "setups"

    @property
    def reports(self) -> Path:
        """Reports of several runs, a folder for each."""
        return self.results / "reports"

    def temporary(self, prefix: str) -> Path:
        """A new empty folder under :attr:`scratch`; its name tells whose it is."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f"{prefix}-{os.getpid()}-", dir=self.scratch))

    @contextlib.contextmanager
    def passing(self, prefix: str) -> Iterator[Path]:
        """The same, removed at the end, whatever that is."""
        folder = self.temporary(prefix)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def package_folder(name: str) -> Path:
    """Where one of our top-level packages lies, without importing it."""
    spec = importlib.util.find_spec(name)
    assert spec is not None, name
    assert spec.submodule_search_locations is not None, name
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def import_folder(home: Home, adapter: Path | None) -> Path:
    """A folder for PYTHONPATH that holds ``workloads``, ``harness``, ``adapters`` and no more.

    Links, so that neither the rest of a checkout nor, for an installed wheel, the host's packages
    become visible to a framework; and of the adapters only the one in use.
    """
    links = {name: package_folder(name) for name in ("workloads", "harness")}
    for name in ("__init__.py", "contract.py", "dask_client.py", "probing.py", "urls.py"):
        links[f"adapters/{name}"] = package_folder("adapters") / name
    if adapter is not None:
        links[f"adapters/{adapter.name}"] = adapter
    digest = hashlib.sha256(repr(sorted(links.items())).encode()).hexdigest()[:12]
    folder = home.imports / f"{adapter.name if adapter else 'none'}-{digest}"
    if not folder.exists():
        home.imports.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".part-", dir=home.imports))
        (aside / "adapters").mkdir()
        for name, target in links.items():
            (aside / name).symlink_to(target)
        try:
            aside.rename(folder)
        except OSError:  # another process was first, with the same content
            shutil.rmtree(aside)
    return folder
