"""Command line: options and help, one function for each subcommand of `harness.commands`."""

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
    """Compare ML pipeline orchestrators with each other and with plain Python.

    The harness runs the same workload in every framework, checks each output
    against plain Python's, and measures what the framework adds.

    \b
    Run and measure:
      harness doctor                      is anything missing on this machine?
      harness run                         the churn workload in every framework
      harness run --framework prefect     one framework, beside plain Python
      harness run --framework prefect@3.8.8 --framework prefect@3.8.5
      harness run --workload fan-out --param width=100
      harness run --workload mine:build   your workload: build() in ./mine.py
      harness run --profile quick         experiments: overhead, growth, METG …
      harness show                        the last run's tables and timelines

    \b
    Decide:
      harness probe --framework prefect   test what it really does
      harness matrix --profile start-up   rank the frameworks for given weights
      harness report --format markdown    answer, evidence and charts

    \b
    Extend:
      harness lock mine                   pin the packages of adapters/mine
      harness check mine                  does the adapter keep its contract?

    Results go to stdout, progress and errors to stderr. Run the commands in the
    folder where results/ and .harness/ are to be, or set HARNESS_HOME to it.
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
    """Run the ``harness`` command and exit; turn errors into messages and exit codes."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = cli.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):  # click turns KeyboardInterrupt into Abort
        click.echo("harness: interrupted", err=True)
        code = _INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except HarnessError as error:
        click.echo(f"harness: {escape(str(error))}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        # The reader of stdout has closed it; without this Python would report that at exit, too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = HarnessError.exit_code
    except Exception as error:
        code = _unexpected(error)
    sys.exit(code)


def _unexpected(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in MACHINE:
        hint = "fix this and try again; to resume an interrupted run: harness run --resume"
        click.echo(f"harness: {error}; {hint}", err=True)
        return HarnessError.exit_code
    traceback.print_exception(error)
    click.echo("harness: this is a bug in the harness; please report the traceback above", err=True)
    return _BUG


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
