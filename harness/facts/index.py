"""Client of the package index that this machine installs from, by its standard Simple API."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import msgspec
import pypi_simple
import requests
from packaging.metadata import RawMetadata, parse_email
from packaging.version import InvalidVersion, Version
from pypi_simple import DistributionPackage, PyPISimple
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from harness.errors import EnvError
from harness.facts.releases import Release

#: Variables that give uv and pip another index than their default; the first that is set counts.
VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")

_NAMED = re.compile(r"^[\w.-]+=(?=\w+:)")  # uv lets an index have a name
_JSON = "application/vnd.pypi.simple.v1+json"
_TIMEOUT_S = 60.0
#: Pauses before a query is repeated after an answer in HTML, which lacks times and sizes: an index
#: may be several servers behind one name, and some of them may not serve JSON.
PAUSES_S = (2.0, 10.0, 30.0, 60.0)
_MAX_WHEEL = 64 << 20
_MAX_METADATA = 4 << 20

IndexAnswer = TypeVar("IndexAnswer")


class Project(msgspec.Struct, frozen=True):
    """Releases and files of one package on the index."""

    name: str
    source: str  #: the form of the answer, never its address
    in_json: bool
    releases: tuple[Release, ...]
    files: Mapping[Version, tuple[DistributionPackage, ...]]


class Index:
    """Client of the index; it raises :class:`EnvError` without addresses."""

    def __init__(self, url: str | None = None) -> None:
        """Open a session; ``url`` None is the default of the Simple API's clients."""
        if url is not None and urlsplit(url).scheme not in ("http", "https"):
            raise EnvError(
                "the configured package index is not a web address, and facts need its "
                f"Simple API; set another one for this command: {VARIABLES[0]}=https://…"
            )
        session = requests.Session()
        session.verify = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE") or True
        retry = Retry(3, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504))
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        session.hooks["response"].append(self._note_form)
        self._client = PyPISimple(url or pypi_simple.PYPI_SIMPLE_ENDPOINT, session=session)
        self._form = ""
        self._projects: dict[str, Project | None] = {}
        self._metadata: dict[tuple[str, Version], RawMetadata | str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.s.close()

    def fetch(self, names: Collection[str], pauses_s: Sequence[float] = PAUSES_S) -> None:
        """Query several packages, and repeat after each pause those that were answered in HTML."""
        left = list(dict.fromkeys(names))
        for pause_s in (0.0, *pauses_s):
            time.sleep(pause_s if left else 0.0)
            for name in left:
                self._projects.pop(name, None)
                self.project(name)
            left = [name for name in left if (known := self._projects[name]) and not known.in_json]

    def project(self, name: str) -> Project | None:
        """Return the index's entry of a package, or None if it has none."""
        if name not in self._projects:
            self._projects[name] = self._asked(name, lambda: self._project(name))
        return self._projects[name]

    def metadata(self, project: Project, version: Version) -> RawMetadata | str:
        """Return the metadata of a release, or one line that says why it cannot be read."""
        key = (project.name, version)
        if key not in self._metadata:
            found = self._asked(project.name, lambda: self._read(project.files.get(version, ())))
            self._metadata[key] = found
        return self._metadata[key]

    def _project(self, name: str) -> Project | None:
        try:
            page = self._client.get_project_page(name, timeout=_TIMEOUT_S)
        except pypi_simple.NoSuchProjectError:
            return None
        in_json = self._form == _JSON
        form = f"JSON {page.repository_version}" if in_json else "HTML"
        files = by_version(page.packages)
        releases = tuple(release(version, each) for version, each in files.items())
        return Project(name, f"package index, Simple API in {form}", in_json, releases, files)

    def _read(self, files: tuple[DistributionPackage, ...]) -> RawMetadata | str:
        wheels = [each for each in files if each.package_type == "wheel"]
        if not wheels:
            return "it has no wheel to read it from"
        described = next((each for each in wheels if each.has_metadata), None)
        if described is not None:
            text = self._client.get_package_metadata(described, timeout=_TIMEOUT_S)
            return parse_email(text)[0]
        smallest = min(wheels, key=lambda each: each.size or _MAX_WHEEL)
        if (smallest.size or 0) > _MAX_WHEEL:
            return f"its wheel has more than {_MAX_WHEEL >> 20} MiB"
        if not smallest.digests:
            return "the index gives no digest to check its wheel by"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "wheel"
            self._client.download_package(smallest, path, timeout=_TIMEOUT_S)
            return _inside(path)

    def _asked(self, name: str, ask: Callable[[], IndexAnswer]) -> IndexAnswer:
        try:
            return ask()
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else "no status"
            what = f"answered {status}"
        except requests.RequestException as error:
            what = f"cannot be read ({type(error).__name__})"  # its message holds the address
        except (
            ValueError,  # of pydantic and the client: digests, content types, forms
            RecursionError,
            zipfile.BadZipFile,
            pypi_simple.UnsupportedRepoVersionError,
        ) as error:
            what = f"gave a malformed answer ({type(error).__name__})"
        raise EnvError(
            f"the package index {what}, asked for {name}; nothing was changed; "
            "once it answers: harness facts --refresh"
        )

    def _note_form(self, response: requests.Response, **_: Any) -> None:
        self._form = response.headers.get("content-type", "").partition(";")[0].strip().lower()


def configured() -> str | None:
    """Return the address of the index that uv or pip is configured with; None for their default."""
    for name in VARIABLES:
        if value := os.environ.get(name, "").strip():
            return _NAMED.sub("", value)
    command = [sys.executable, "-m", "pip", "config", "list"]
    try:
        listing = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None  # no pip, no configuration of pip
    for key, _, value in (line.partition("=") for line in listing.stdout.splitlines()):
        if key.endswith(".index-url"):
            return str(ast.literal_eval(value))
    return None


def by_version(
    packages: list[DistributionPackage],
) -> dict[Version, tuple[DistributionPackage, ...]]:
    """Group files by version; leave out those without a valid version in their names."""
    found: dict[Version, tuple[DistributionPackage, ...]] = {}
    for each in packages:
        try:
            version = Version(each.version or "")
        except InvalidVersion:
            continue
        found[version] = (*found.get(version, ()), each)
    return found


def release(version: Version, files: tuple[DistributionPackage, ...]) -> Release:
    """Build one release from its files."""
    times = [each.upload_time for each in files]
    wheels = [each for each in files if each.package_type == "wheel"]
    sizes = [each.size for each in wheels if each.size is not None]
    return Release(
        version=version,
        uploaded=min(time for time in times if time).date() if all(times) else None,
        yanked=all(each.is_yanked for each in files),
        requires_python=next((each.requires_python for each in files), None),
        wheel_bytes=max(sizes) if wheels and len(sizes) == len(wheels) else None,
        wheels=len(wheels),
    )


def _inside(path: Path) -> RawMetadata | str:
    with zipfile.ZipFile(path) as wheel:
        names = [each for each in wheel.namelist() if each.endswith(".dist-info/METADATA")]
        if len(names) != 1:
            return "its wheel holds no metadata"
        with wheel.open(names[0]) as file:
            return parse_email(file.read(_MAX_METADATA))[0]
