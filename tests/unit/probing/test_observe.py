"""Readers of a probe's records: addresses, leaks, tables of verdicts."""

from __future__ import annotations

import ipaddress
import struct
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import ProbeVerdict, Verdict
from harness.probes.leaks import holding
from harness.report.tables import probes
from harness.report.terminal import console
from harness.worker.probing.sockets import address


@given(st.ip_addresses(), st.integers(0, 65535))
def test_an_address_in_the_kernels_notation_is_read(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> None:
    order = "<" if sys.byteorder == "little" else ">"
    words = struct.unpack(f">{len(ip.packed) // 4}I", ip.packed)
    kernel = "".join(struct.pack(f"{order}I", word).hex().upper() for word in words)
    name = f"[{ip}]" if ip.version == 6 else str(ip)
    assert address(f"{kernel}:{port:04X}") == f"{name}:{port}"


@given(st.integers(0, 3000), st.sampled_from([1 << 20, 1000]))
def test_a_secret_is_found_at_any_offset(offset: int, base: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "some", "file")
        file.parent.mkdir()
        file.write_bytes(b"\0" * (base + offset - 1500) + b"s3cr3t" + b"\0" * 10)
        assert holding(Path(name), "s3cr3t") == ["some/file"]
        assert holding(Path(name), "other") == []


def test_the_table_fits_80_columns_and_lists_the_verdicts_with_a_reservation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = [
        ProbeVerdict("airflow", "server-postgres", "retry", Verdict.WORKS, "3 attempts"),
        ProbeVerdict("prefect", "server-worker", "retry", Verdict.IGNORED, "[red]1 attempt"),
        *(ProbeVerdict(f"framework{n}", "inprocess", "retry", "works", "") for n in range(5)),
    ]
    console.show(*probes.parts(found))
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert "prefect/server-worker retry: accepted but ignored: [red]1 attempt" in text
    assert "3 attempts" not in text
