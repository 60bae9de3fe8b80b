"""Reader of ``probes.toml``: an adapter's hooks, and the features its framework does not have."""

from __future__ import annotations

from typing import Literal

import msgspec
import tomllib

from harness.decode import decode
from harness.errors import UsageError, unknown
from harness.frameworks.catalog import Framework
from harness.model import Struct, Verdict
from harness.probes.model import Judgement, Probe
from harness.probes.registry import every
from harness.worker.probing.messages import ALL, STEP

FILE = "probes.toml"
_VERDICTS = {"unsupported": Verdict.UNSUPPORTED, "needs": Verdict.NEEDS}


class DeclaredRefusal(Struct, frozen=True):
    """Probes answered by the framework's documentation, without a run."""

    probes: list[str]
    reason: str
    link: str = ""
    verdict: Literal["unsupported", "needs"] = "unsupported"
    modes: list[str] = msgspec.field(default_factory=list)  #: all, if none is named


class Patience(Struct, frozen=True):
    """Probes that need more time, because the framework's own defaults wait that long."""

    probes: list[str]
    timeout_s: float  #: for each attempt; used if it is more than the probe's own
    reason: str
    modes: list[str] = msgspec.field(default_factory=list)  #: all, if none is named


class Configured(Struct, frozen=True):
    """Probes whose result depends on the adapter's settings.

    They turn off default behaviour of the framework that users have without these settings.
    """

    probes: list[str]
    reason: str  #: the default behaviour, and the setting that turns it off
    link: str
    modes: list[str] = msgspec.field(default_factory=list)  #: all, if none is named


class Declared(Struct, frozen=True):
    """Contents of one probes.toml."""

    hooks: dict[str, str] = msgspec.field(default_factory=dict)  #: module of the folder, by mode
    roles: dict[str, dict[str, list[str]]] = msgspec.field(default_factory=dict)  #: by mode
    refused: list[DeclaredRefusal] = msgspec.field(default_factory=list)
    patience: list[Patience] = msgspec.field(default_factory=list)
    told: list[Configured] = msgspec.field(default_factory=list)


class KnownVerdict(msgspec.Struct, frozen=True):
    """A verdict that does not need a run, with the page that documents it."""

    judgement: Judgement
    link: str = ""


def read(framework: Framework) -> Declared:
    """Read an adapter's probes.toml; a missing file counts as an empty one.

    Raises :class:`UsageError` naming the file and the key.
    """
    path = framework.folder / FILE
    if not path.exists():
        return Declared()
    try:
        declared = decode(tomllib.loads(path.read_text()), Declared, str(path))
    except ValueError as error:  # TOML and UTF-8 alike
        raise UsageError(f"{path}: {error}") from None
    modes = framework.entry.modes
    notes: list[DeclaredRefusal | Patience | Configured]
    notes = [*declared.refused, *declared.patience, *declared.told]
    named = [*declared.hooks, *declared.roles, *(mode for each in notes for mode in each.modes)]
    for mode in named:
        if mode not in modes:
            raise UsageError(f"{path}: {unknown('mode', mode, modes)}")
    for name in (name for each in notes for name in each.probes):
        if name not in every():
            raise UsageError(f"{path}: {unknown('probe', name, every())}")
    return declared


def fitted(declared: Declared, mode: str, probe: Probe) -> Probe:
    """Return a copy of a probe with this framework's timeout and the notes on its settings."""

    def holds(note: Patience | Configured) -> bool:
        return probe.name in note.probes and (not note.modes or mode in note.modes)

    timeouts = [each.timeout_s for each in declared.patience if holds(each)]
    notes = [f"{each.reason}; {each.link}" for each in declared.told if holds(each)]
    return msgspec.structs.replace(
        probe, timeout_s=max([probe.timeout_s, *timeouts]), told="; ".join(notes)
    )


def answer(declared: Declared, mode: str, probe: Probe) -> KnownVerdict | None:
    """Return the verdict on a probe that does not need a run; None if it has to be run."""
    for refusal in declared.refused:
        if probe.name in refusal.probes and (not refusal.modes or mode in refusal.modes):
            return KnownVerdict(Judgement(_VERDICTS[refusal.verdict], refusal.reason), refusal.link)
    role = probe.kill
    if role not in ("", STEP, ALL) and role not in declared.roles.get(mode, {}):
        return KnownVerdict(
            Judgement(Verdict.NEEDS, f"this mode does not run a {role} in a separate process")
        )
    if mode not in declared.hooks and not probe.common:
        reason = f"the adapter's {FILE} does not name a module of hooks for this mode"
        return KnownVerdict(Judgement(Verdict.INCONCLUSIVE, reason))
    return None
