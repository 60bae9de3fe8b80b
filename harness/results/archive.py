"""Archive of a run: one file to store or send, without paths of this machine, read like a run.

A packed run is unpacked once, into a folder of ``.harness/unpacked`` named by its digest. It may be
hostile, so only plain files with plain names are extracted, up to a limit of size and number.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from harness import wire
from harness.errors import UsageError
from harness.files import write_atomically
from harness.home import Home
from harness.results import store

SUFFIX = ".tar.xz"

_PACKED = (store.RUN, "workloads", "oracles", store.CALIBRATION, store.TRIALS, store.PROBES)

#: Working folders of trials, left by failed ones: they may be huge, and no figure depends on them.
_WORKED_IN = {"home", "tmp", "artifacts", "__pycache__", wire.SCRATCH, wire.SERVICES}
_MOST_BYTES = 2 << 30
_MOST_FILES = 1 << 20
#: Bytes of a journal. Probes of limits record thousands of steps; their marks hold the number.
_MOST_OF_A_PROBE = 1 << 16
#: Bytes of headers before a file; more than any run has.
_MOST_OF_HEADERS = 1 << 20
_INSIDE = "run"  # the folder that the run is unpacked into
_ORIGIN = "origin"  # beside it: the path of the packed file

#: Errors of reading a file that is not an archive, or a damaged one.
_DAMAGE = (
    *(tarfile.TarError, lzma.LZMAError, EOFError, OSError, ValueError),
    *(LookupError, MemoryError, OverflowError, RecursionError),
)


def pack(home: Home, folder: Path, file: Path) -> Path:
    """Write the run in ``folder`` to ``file``, and return ``file``; the bytes are reproducible.

    Paths of this machine are replaced: the home by ``/harness``, the user's folder by ``/user``.
    """
    hidden = {
        os.fsencode(home.root): b"/harness",
        os.fsencode(Path.home()): b"/user",
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    held = io.BytesIO()
    with (
        lzma.open(held, "wb", preset=9 | lzma.PRESET_EXTREME) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        # Files of one kind are alike, so they compress better side by side.
        for path in sorted(_files(folder), key=lambda path: (path.suffix, path.name, path)):
            data = path.read_bytes()
            for secret, instead in hidden.items():
                data = data.replace(secret, instead)
            member = tarfile.TarInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    write_atomically(file, held.getvalue())
    return file


def _files(folder: Path) -> Iterator[Path]:
    for name in _PACKED:
        part = folder / name
        if part.is_symlink():  # rglob would follow it to other files of the user
            continue
        found = sorted(part.rglob("*")) if part.is_dir() else [part]
        yield from (
            path
            for path in found
            if path.is_file()
            and not path.is_symlink()
            and _WORKED_IN.isdisjoint(path.relative_to(folder).parts)
            and not (name == store.PROBES and _is_long(path))
        )


def _is_long(path: Path) -> bool:
    """Return whether it is a journal of very many steps."""
    return path.suffix == ".jsonl" and path.stat().st_size > _MOST_OF_A_PROBE


def unpacked(home: Home, file: Path) -> Path:
    """Return the folder of a packed run, and unpack it if that was not done before.

    Raises :class:`~harness.errors.UsageError` for a file that is not a packed run.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
    place = home.unpacked / hashlib.sha256(data).hexdigest()[:20]
    if not place.exists():
        home.unpacked.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".part-", dir=home.unpacked))
        try:
            _unpack(data, aside / _INSIDE)
            aside.rename(place)
        except _DAMAGE as error:
            if place.exists():  # another process was first
                return unpacked(home, file)
            raise UsageError(f"{file} is not a packed run: {error!s:.200}") from None
        finally:
            shutil.rmtree(aside, ignore_errors=True)  # unless it was renamed
    (place / _ORIGIN).write_text(str(file.resolve()), encoding="utf-8")
    return next(path.parent for path in place.glob(f"{_INSIDE}/*/{store.RUN}"))


class _Bounded(lzma.LZMAFile):
    """Decompressing stream with a limit: tarfile would hold headers of gigabytes in memory."""

    room = _MOST_OF_HEADERS  #: bytes that may still be read; reset for each member

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= self.room:
            raise ValueError("it holds a name or a header that is longer than any of a run")
        self.room -= size
        return super().read(size)


def _unpack(data: bytes, place: Path) -> None:
    names = set()
    with _Bounded(io.BytesIO(data)) as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
        for number, member in enumerate(tar):
            # tarfile would collect all members, and long headers of each or of the whole file.
            tar.members = []  # type: ignore[attr-defined]  # its stubs lack it
            tar.pax_headers = {}
            stream.room = _MOST_OF_HEADERS
            path = PurePosixPath(member.name)
            if member.size < 0 or member.issparse():
                raise ValueError(f"its member {member.name!r} declares a wrong size")
            if stream.tell() + member.size > _MOST_BYTES or number >= _MOST_FILES:
                raise ValueError("it holds more bytes or files than any run")
            strange = path.is_absolute() or {"..", ""} & set(path.parts) or len(path.parts) < 2
            if strange or not member.isfile():
                raise ValueError(f"its member {member.name!r} is not a plain file in a folder")
            names.add(path.parts[0])
            if path.parts[1] not in _PACKED:
                continue  # pack() did not write it
            target = place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            read = tar.extractfile(member)
            assert read is not None, member.name  # it is a file
            stream.room += member.size
            with target.open("xb") as file:
                shutil.copyfileobj(read, file)
    if len(names) != 1 or not (place / names.pop() / store.RUN).is_file():
        raise ValueError("it does not hold exactly one folder with a run.json")


def find(home: Home, name: str) -> Path:
    """Return the folder of a run given by its name under ``results/``, by its path, or packed.

    Raises :class:`~harness.errors.UsageError` if it does not exist.
    """
    if name.endswith(SUFFIX):
        return unpacked(home, Path(name))
    return store.find_run(home, name)


def named(home: Home, folder: Path) -> str:
    """Return the name by which a command run in the home finds the run in ``folder``."""
    packed = origin(folder)
    if packed is not None:
        return os.path.relpath(packed, home.root)
    return folder.name if folder.parent == home.results else os.path.relpath(folder, home.root)


def place(home: Home, folder: Path) -> str:
    """Return the place of a run's records, relative to the home: its folder or packed file."""
    packed = origin(folder)
    if packed is None:
        return os.path.relpath(folder, home.root)
    return f"{os.path.relpath(packed, home.root)}#{folder.name}"


def setups(home: Home, folder: Path) -> Path:
    """Return the folder of measured set-up costs; for a packed run, it is beside its file."""
    packed = origin(folder)
    return home.setups if packed is None else packed.parent / home.setups.name


def origin(folder: Path) -> Path | None:
    """Return the file that the run in ``folder`` was unpacked from; None for any other run."""
    if folder.parent.parent.parent.name != "unpacked":
        return None
    try:
        return Path((folder.parent.parent / _ORIGIN).read_text(encoding="utf-8"))
    except OSError:
        return None
