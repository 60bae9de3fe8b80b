"""What setting frameworks up takes, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from harness.report.document import Note, Table
from harness.report.tables.formatting import BLANK, NOTHING, bytes_, duration, name, note, table
from harness.setup.model import PARTS, SetupCost


def parts(measured: Sequence[SetupCost]) -> list[Table | Note]:
    """From nothing to the first verified run; what is there then; what it took to say."""
    detail = [line for each in measured for line in _typed(each)]
    return [_seconds(measured), BLANK, _there(measured), BLANK, _said(measured), *detail]


def tables(measured: Sequence[SetupCost]) -> list[Table]:
    """The same, with what was typed and set as tables too."""
    commands = [[each.framework, each.mode, line] for each in measured for line in each.commands]
    settings = [
        [each.framework, each.mode, item.shown, item.reason]
        for each in measured
        for item in each.settings
    ]
    made = [_seconds(measured), _there(measured), _said(measured)]
    typed, changed = ("framework", "mode", "command"), ("framework", "mode", "setting", "why")
    made.append(table(typed, commands, left=typed, title="what was typed", behind=True))
    if settings:
        title = "settings that are not defaults"
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
        title="from nothing to the first verified run",
    )


def _there(measured: Sequence[SetupCost]) -> Table:
    return table(
        ("framework", "mode", "packages", "MB", "services", "procs", "idle PSS", "CPU/h"),
        [
            [
                name(each.framework, each.version),
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
        title="what is there then, and what an idle hour costs",
    )


def _said(measured: Sequence[SetupCost]) -> Table:
    return table(
        ("framework", "mode", "commands", "settings", "adapter lines", "names used"),
        [
            [
                name(each.framework, each.version),
                each.mode,
                str(len(each.commands)),
                str(len(each.settings)),
                str(each.adapter_lines),
                str(len(each.framework_names)),
            ]
            for each in measured
        ],
        left=("framework", "mode"),
        title="what had to be typed and written",
    )


def _typed(each: SetupCost) -> list[Note]:
    return [
        BLANK,
        note(f"{each.framework}/{each.mode}"),
        *(note(f"  $ {command}") for command in each.commands),
        *(note(f"  {item.shown}: {item.reason}") for item in each.settings),
    ]
