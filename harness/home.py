"""Home: the user's working folder, with caches in ``.harness/`` and runs in ``results/``."""

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
    """The user's working folder: ``$HARNESS_HOME``, or the current one."""

    root: Path

    @staticmethod
    def here() -> Home:
        """Return the home of this process."""
        return Home(Path(os.environ.get("HARNESS_HOME", ".")).resolve())

    @property
    def envs(self) -> Path:
        """Return the folder of environments, with one folder for each."""
        return self.root / ".harness" / "envs"

    @property
    def locks(self) -> Path:
        """Return the folder of lock files, one for each other version of a framework."""
        return self.root / ".harness" / "locks"

    @property
    def imports(self) -> Path:
        """Return the folder of the folders on the workers' PYTHONPATH."""
        return self.root / ".harness" / "imports"

    @property
    def facts(self) -> Path:
        """Return the file of answers that the package index gave to this home's requests."""
        return self.root / ".harness" / "facts.json"

    @property
    def scratch(self) -> Path:
        """Return the folder of temporary folders, for health checks and workload builds."""
        return self.root / ".harness" / "scratch"

    @property
    def unpacked(self) -> Path:
        """Return the folder into which packed runs are unpacked, each of them once."""
        return self.root / ".harness" / "unpacked"

    @property
    def cache(self) -> Path:
        """Return the folder of figures derived from runs.

        It is not in the runs' own folders, which may come from anywhere.
        """
        return self.root / ".harness" / "cache"

    @property
    def former_cache(self) -> Path:
        """Return the folder that held the cache up to version 0.1."""
        return self.root / ".harness" / "kept"

    @property
    def results(self) -> Path:
        """Return the folder of runs, with one folder for each."""
        return self.root / "results"

    @property
    def setups(self) -> Path:
        """Return the folder of measured set-up costs, a file for each framework and mode."""
        return self.results / "setups"

    @property
    def reports(self) -> Path:
        """Return the folder of reports on several runs, with one folder for each."""
        return self.results / "reports"

    def temporary(self, prefix: str) -> Path:
        """Make a new empty folder under :attr:`scratch`, named after this process's pid."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f"{prefix}-{os.getpid()}-", dir=self.scratch))

    @contextlib.contextmanager
    def passing(self, prefix: str) -> Iterator[Path]:
        """Make a folder as :meth:`temporary` does; remove it at the end, even after an error."""
        folder = self.temporary(prefix)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def package_folder(name: str) -> Path:
    """Return the folder of a top-level package of this project, without importing it."""
    spec = importlib.util.find_spec(name)
    assert spec is not None, name
    assert spec.submodule_search_locations is not None, name
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def import_folder(home: Home, adapter: Path | None) -> Path:
    """Make a folder for PYTHONPATH with links to ``workloads``, ``harness`` and ``adapters``.

    Of the adapters it has only the one in use. A framework so cannot see the rest of a checkout or,
    for an installed wheel, the host's packages.
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
