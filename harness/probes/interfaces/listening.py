"""Listening addresses of a framework's processes."""

from __future__ import annotations

import ipaddress

from harness.probes.model import Judgement, Observation, Probe, inconclusive, partly, works


def judge(seen: Observation) -> Judgement:
    """Judge whether all addresses are on loopback; listening nowhere also works."""
    answer = seen.only.answer
    listeners = [str(each) for each in answer.get("seen", [])]
    control = str(answer.get("control"))
    if not any(each.startswith(control) for each in listeners):
        return inconclusive("the harness's own listener was not seen; others may be missing")
    others = [each for each in listeners if not each.startswith(control)]
    wide = [each for each in others if not _loopback(each)]
    if wide:
        return partly(f"open to other hosts: {'; '.join(wide[:3])}")
    return works(f"{len(others)} addresses, all on loopback" if others else "listens nowhere")


def _loopback(listener: str) -> bool:
    """Return whether ``address:port process`` can be reached only from this host."""
    address = ipaddress.ip_address(listener.split()[0].rpartition(":")[0].strip("[]"))
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


PROBE = Probe(
    name="listening",
    title="Listening addresses",
    asks="Do the framework's processes listen only on this host?",
    hook="Part of the harness: it uses the adapter's own functions.",
    judge=judge,
    common=True,
    timeout_s=240.0,
)
