"""The command line: one function for each subcommand. What they do lives elsewhere."""

from __future__ import annotations

import os
import signal
import sys
import traceback

import click

from harness import __version__
from harness.cli import decide, measure, prepare
from harness.errors import MACHINE, HarnessError
from harness.text import escape

_BUG = 70
_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, prog_name="harness")
def cli() -> None:
    """Run one ML workload through several pipeline orchestrators, verify every
    run, and compare them with plain Python.

    \b
    harness run                         the churn workload through all of them
    harness run --framework prefect     one of them, beside plain Python
    harness run --workload fan-out --param width=100
    harness run --workload mine:build   your own: build() in ./mine.py
    harness run --profile quick         measured: overhead, METG, growth, payload…
    harness run --framework prefect@3.8.8 --framework prefect@3.8.5
    harness show                        the last report, and timelines
    harness probe --framework prefect   what does it really do?
    harness matrix --profile start-up   who wins, how surely, what would change it
    harness report --format markdown    all of it, to decide by and to paste from
    harness check prefect               does this adapter keep its contract?
    """  # noqa: D301 -- click's mark for text that is not to be wrapped


for _command in (
    prepare.list_,
    prepare.setup,
    measure.run,
    measure.show,
    measure.compare,
    decide.probe,
    decide.facts,
    decide.matrix,
    decide.report,
    decide.export,
    prepare.check,
    prepare.doctor,
    prepare.lock,
    prepare.pack,
    prepare.clean,
):
    cli.add_command(_command)


def main() -> None:
    """Entry point of the ``harness`` command: errors become messages and exit codes."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = cli.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):  # click makes the first of the second
        click.echo("harness: interrupted", err=True)
        code = _INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except HarnessError as error:
        click.echo(f"harness: {escape(str(error))}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more on closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = HarnessError.exit_code
    except Exception as error:
        code = _unexpected(error)
    sys.exit(code)


def _unexpected(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in MACHINE:
        hint = "mend it and try again; a run that was cut off goes on with: harness run --resume"
        click.echo(f"harness: {error}; {hint}", err=True)
        return HarnessError.exit_code
    traceback.print_exception(error)
    click.echo("harness: this is a bug in the harness; please report the lines above", err=True)
    return _BUG


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
