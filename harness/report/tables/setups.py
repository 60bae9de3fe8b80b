"""Tables of set-up costs: time, installed size and manual effort."""

from __future__ import annotations

from collections.abc import Sequence

from harness.report.document import Note, Table
from harness.report.tables.formatting import BLANK, NOTHING, bytes_, duration, note, subject, table
from harness.setup.model import PARTS, SetupCost


def parts(measured: Sequence[SetupCost]) -> list[Table | Note]:
    """Return tables of time, installed size and manual effort, then commands and settings."""
    detail = [line for each in measured for line in _typed(each)]
    return [_seconds(measured), BLANK, _installed(measured), BLANK, _effort(measured), *detail]


def tables(measured: Sequence[SetupCost]) -> list[Table]:
    """Return the same tables, and commands and changed settings as tables, too."""
    commands = [[each.framework, each.mode, line] for each in measured for line in each.commands]
    settings = [
        [each.framework, each.mode, item.shown, item.reason]
        for each in measured
        for item in each.settings
    ]
    made = [_seconds(measured), _installed(measured), _effort(measured)]
    typed, changed = ("framework", "mode", "command"), ("framework", "mode", "setting", "reason")
    made.append(table(typed, commands, left=typed, title="set-up commands", behind=True))
    if settings:
        title = "settings changed from their defaults"
        made.append(table(changed, settings, left=changed, title=title, behind=True))
    return made


def _seconds(measured: Sequence[SetupCost]) -> Table:
    return table(
        ("framework", "cache", *PARTS, "all"),
        [
            [
                each.framework if cache == "empty" else f"  {each.mode}",
                cache,
                *(duration(taken[part]) for part in PARTS),
                duration(sum(taken.values())),
            ]
            for each in measured
            for cache, taken in (("empty", each.cold_s), ("filled", each.warm_s))
        ],
        left=("framework", "cache"),
        title="from an empty environment to the first verified run",
    )


def _installed(measured: Sequence[SetupCost]) -> Table:
    return table(
        ("framework", "mode", "packages", "MB", "services", "procs", "idle PSS", "CPU/h"),
        [
            [
                subject(each),
                each.mode,
                str(each.packages),
                f"{each.megabytes:.0f}",
                str(len(each.services)),
                NOTHING if each.processes is None else str(each.processes),
                bytes_(each.idle_pss_bytes),
                duration(each.idle_cpu_s_per_hour),
            ]
            for each in measured
        ],
        left=("framework", "mode"),
        title="installed size, and cost of an idle hour",
    )


def _effort(measured: Sequence[SetupCost]) -> Table:
    return table(
        ("framework", "mode", "commands", "settings", "adapter lines", "names used"),
        [
            [
                subject(each),
                each.mode,
                str(len(each.commands)),
                str(len(each.settings)),
                str(each.adapter_lines),
                str(len(each.framework_names)),
            ]
            for each in measured
        ],
        left=("framework", "mode"),
        title="manual effort",
    )


def _typed(each: SetupCost) -> list[Note]:
    return [
        BLANK,
        note(f"{each.framework}/{each.mode}"),
        *(note(f"  $ {command}") for command in each.commands),
        *(note(f"  {item.shown}: {item.reason}") for item in each.settings),
    ]
