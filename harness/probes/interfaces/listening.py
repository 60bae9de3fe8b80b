"""Addresses on which a framework listens."""

from __future__ import annotations

import ipaddress

from harness.probes.model import Judgement, Observation, Probe, inconclusive, partly, works


def judge(seen: Observation) -> Judgement:
    """Loopback only, or nothing at all."""
    said = seen.only.answer
    found = [str(each) for each in said.get("seen", [])]
    control = str(said.get("control"))
    if not any(each.startswith(control) for each in found):
        return inconclusive("our own listener was not seen, so nothing can be said of others")
    others = [each for each in found if not each.startswith(control)]
    wide = [each for each in others if not _loopback(each)]
    if wide:
        return partly(f"open to other hosts: {'; '.join(wide[:3])}")
    return works(f"{len(others)} addresses, all on loopback" if others else "listens nowhere")


def _loopback(listener: str) -> bool:
    """Whether ``address:port process`` can be reached from this host alone."""
    address = ipaddress.ip_address(listener.split()[0].rpartition(":")[0].strip("[]"))
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


PROBE = Probe(
    name="listening",
    title="Listening addresses",
    asks="Can other hosts reach what it starts?",
    hook="The harness's own.",
    judge=judge,
    common=True,
    timeout_s=240.0,
)
