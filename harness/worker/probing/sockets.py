"""Listening sockets of all processes of a trial."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import struct
import sys
from pathlib import Path

from harness.processes import procfs

_LISTEN = "0A"
_SOCKET = re.compile(r"socket:\[(\d+)\]")


def listening() -> dict[str, set[str]]:
    """Return the addresses on which processes listen, such as ``127.0.0.1:8080``, by program.

    The processes are all descendants of the supervisor, which adopts every orphan of the trial.
    """
    by_inode = {**_listeners("tcp"), **_listeners("tcp6")}
    found: dict[str, set[str]] = {}
    for each in procfs.below(_supervisor()):
        for inode in _inodes(each.pid):
            if inode in by_inode:
                found.setdefault(_program(each.pid), set()).add(by_inode[inode])
    return found


def _supervisor() -> int:
    """Return the process id of the supervisor: the parent of the session's leader."""
    leader = procfs.stat(os.getsid(0))
    return leader.parent if leader is not None else os.getppid()


def _inodes(pid: int) -> list[str]:
    found = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # the process ends meanwhile
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                if match := _SOCKET.match(str(descriptor.readlink())):
                    found.append(match[1])
    return found


def _program(pid: int) -> str:
    words = procfs.slurp(f"/proc/{pid}/cmdline").split(b"\0")
    return " ".join(Path(word.decode(errors="replace")).name for word in words[:3] if word)


def _listeners(protocol: str) -> dict[str, str]:
    """Return the addresses of listening sockets by inode."""
    found = {}
    for line in Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == _LISTEN:
            found[fields[9]] = address(fields[1])
    return found


def address(text: str) -> str:
    """Convert ``0100007F:1F90`` to ``127.0.0.1:8080``; the kernel writes words in host order."""
    host, _, port = text.partition(":")
    words = [int(host[start : start + 8], 16) for start in range(0, len(host), 8)]
    packed = b"".join(struct.pack("<I" if sys.byteorder == "little" else ">I", w) for w in words)
    ip = ipaddress.ip_address(packed)
    name = f"[{ip}]" if ip.version == 6 else str(ip)
    return f"{name}:{int(port, 16)}"
