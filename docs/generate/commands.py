"""The page of commands, from the command line's own help."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from docs.generate.markdown import code, fence, page, prose, table
from harness import errors
from harness.cli import cli

#: Exit codes that belong to no class of errors.
_OTHER_CODES = {
    0: "Done, and everything in it is ok.",
    1: "Something went wrong which is explained; or a cell, an environment or a probe is not ok.",
    70: "A bug in the harness: the traceback is printed; please report it.",
    130: "Interrupted by Ctrl-C or SIGTERM.",
}


def commands() -> str:
    """Return the page: each command with its arguments and options, then the exit codes."""
    context = click.Context(cli, info_name="harness")
    parts = [
        "Every command also takes `--help`. Results go to stdout, progress and errors to stderr.",
        *_help(cli.help or ""),
    ]
    for name in sorted(cli.commands):
        parts += _command(cli.commands[name], name, context)
    return page("Commands", "the click commands in harness/cli", *parts, *_exit_codes())


def _command(command: click.Command, name: str, parent: click.Context) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(["harness", name, *command.collect_usage_pieces(context)])
    parts = [f"## harness {name}", code(usage), *_help(command.help or "")]
    rows = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            rows.append((code(parameter.make_metavar(context)), _of_argument(parameter)))
        elif record := parameter.get_help_record(context):
            rows.append((code(record[0]), prose(record[1])))
    return [*parts, table(("argument or option", "meaning"), rows)]


def _of_argument(argument: click.Argument) -> str:
    many = "any number of them" if argument.nargs == -1 else "one"
    needed = "required" if argument.required else "optional"
    default = f"; default: {code(argument.default)}" if isinstance(argument.default, str) else ""
    return f"{many}, {needed}{default}"


def _help(text: str) -> Iterator[str]:
    r"""Yield a help text's paragraphs; those after ``\b`` are lines to be kept as they are."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if paragraph.startswith("\b"):
            yield fence(paragraph.removeprefix("\b\n"), "text", "a list of examples from --help")
        else:
            yield prose(paragraph)


def _exit_codes() -> list[str]:
    rows = {number: (code(number), said) for number, said in _OTHER_CODES.items()}
    waiting = [errors.HarnessError]
    while waiting:
        kind = waiting.pop(0)
        if kind.__module__ == errors.__name__:
            said = prose((kind.__doc__ or "").strip())
            rows.setdefault(kind.exit_code, (code(kind.exit_code), said))
            waiting += kind.__subclasses__()
    shown = [rows[number] for number in sorted(rows)]
    return ["## Exit codes", table(("code", "meaning"), shown)]
