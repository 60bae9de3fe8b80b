"""The command line: refused options, help texts and exit codes."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
import pytest
from click.testing import CliRunner, Result

from harness import __version__, cli
from harness.commands import list as list_command
from harness.commands import progress
from harness.errors import AdapterError, EnvError, HarnessError, UsageError


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use an empty home, in which no environment may be made."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("an environment was to be made")

    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    monkeypatch.delenv("HARNESS_ADAPTERS", raising=False)
    monkeypatch.setattr(progress, "environments_of", refuse)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, list(arguments))


def refusal(*arguments: str) -> str:
    """Return the message of a refused command, which must be a usage error."""
    result = invoke(*arguments)
    assert isinstance(result.exception, UsageError), result.exception
    return str(result.exception)


def test_every_command_explains_itself() -> None:
    assert len(cli.cli.commands) >= 7
    for name, command in cli.cli.commands.items():
        result = invoke(name, "--help")
        assert result.exit_code == 0
        assert f"Usage: cli {name}" in result.output
        assert command.get_short_help_str(200).strip()
        assert max(map(len, result.output.splitlines())) <= 80


def test_every_option_is_explained() -> None:
    for name, command in cli.cli.commands.items():
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.name}"


def test_the_help_lists_every_command_and_examples() -> None:
    output = invoke("--help").output
    assert all(f"  {name} " in output for name in cli.cli.commands)
    assert "harness run --framework prefect" in output


def test_every_phase_with_a_limit_is_in_the_help() -> None:
    from harness import wire

    output = " ".join(invoke("run", "--help").output.split())
    for phase in (*wire.TRIAL_PHASES, *wire.REPETITION_PHASES):
        assert phase in output


def test_the_version_is_printed() -> None:
    assert invoke("--version").output == f"harness, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--framework", "perfect"], "no framework 'perfect': did you mean 'prefect'?"),
        (["--framework", "plain", "--framework", "zzz"], "no framework 'zzz': known: all, plain"),
        (["--workload", "chrun"], "no workload 'chrun': did you mean 'churn'?"),
        (["--workload", "chrun"], "or name your own as module:function"),
        (["--workload", "mine:"], "no workload 'mine:'"),
        (["--workload", ":build"], "no workload ':build'"),
        (["--workload", "no_such_module:build"], "no module 'no_such_module' in"),
        (["--mode", "inproces"], "no mode 'inproces': did you mean 'inprocess'?"),
        (["--param", "rows"], "--param 'rows': write name=value"),
        (["--param", "=5"], "--param '=5': write name=value"),
        (["--timeout", "exekute=5"], "no phase 'exekute': did you mean 'execute'?"),
        (["--timeout", "soon"], "--timeout 'soon': write seconds or phase=seconds"),
        (["--timeout", "build="], "--timeout 'build=': write seconds or phase=seconds"),
        (["--timeout", "0"], "--timeout '0': give a finite number of seconds above 0"),
        (["--timeout", "build=-1"], "give a finite number of seconds above 0"),
        (["--timeout", "nan"], "give a finite number of seconds above 0"),
        (["--timeout", "inf"], "give a finite number of seconds above 0"),
        (["--resume", "gone"], "no run 'gone'; existing runs: none yet"),
        (["--resume"], "no run 'latest'; existing runs: none yet"),
    ],
)
def test_invalid_options_are_refused_before_anything_is_made(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    assert message in refusal("run", *arguments)
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("option", ["--trials", "--repetitions", "--workers"])
@pytest.mark.parametrize("number", ["0", "-1"])
def test_numbers_below_one_are_refused_before_anything_is_made(option: str, number: str) -> None:
    result = invoke("run", option, number)
    assert not isinstance(result.exception, AssertionError), result.exception
    message = result.output + str(result.exception)
    assert option in message
    assert number in message


@pytest.mark.parametrize(
    "option", [["--trials", "2"], ["--framework", "plain"], ["--seed", "7"], ["--dry-run"]]
)
def test_resuming_refuses_options_of_a_plan(option: list[str]) -> None:
    result = invoke("run", "--resume", "gone", *option)
    assert result.exit_code == 2
    assert "--resume continues the plan of that run; leave out" in result.output


@pytest.mark.parametrize("option", ["--keep", "--json"])
def test_resuming_accepts_options_for_its_results(option: str) -> None:
    assert "no run 'gone'" in refusal("run", "--resume", "gone", option)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["runn"], "No such command 'runn'"),
        (["run", "--frameworks", "x"], "No such option"),
        (["run", "--trials", "many"], "'many' is not a valid integer"),
        (["run", "--requirements", "gone.txt"], "'gone.txt' does not exist"),
        (["check"], "Missing argument 'NAME'"),
        (["lock"], "Missing argument 'NAME'"),
    ],
)
def test_usage_errors_of_click_end_with_code_2(arguments: list[str], message: str) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["setup", "perfect"], "no framework 'perfect': did you mean 'prefect'?"),
        (["check", "perfect"], "no framework 'perfect': did you mean 'prefect'?"),
        (["check", "all"], "harness check takes one adapter"),
        (["check", "plain", "--mode", "serve"], "no mode of plain 'serve'"),
        (["lock", "perfect"], "no framework 'perfect': did you mean 'prefect'?"),
        (["lock", "all"], "one adapter"),
    ],
)
def test_names_are_checked_by_every_command(arguments: list[str], message: str) -> None:
    assert message in refusal(*arguments)


def test_a_list_for_people_names_all() -> None:
    output = invoke("list").output
    for name in ("plain", "prefect", "flyte", "mlrun", "airflow", "churn", "fan-out"):
        assert name in output


def test_a_list_for_scripts_is_json() -> None:
    listed = json.loads(invoke("list", "--json").output)
    assert listed["workloads"]["churn"] == "workloads.churn:churn"
    assert listed["frameworks"]["flyte"]["modes"]["inprocess"]["parallel"] is False


def ended(
    monkeypatch: pytest.MonkeyPatch, error: BaseException | None, *arguments: str
) -> int | str | None:
    """Return the exit code of the command if listing ends with ``error``."""

    def show(as_json: bool) -> None:
        if error is not None:
            raise error

    monkeypatch.setattr(list_command, "show", show)
    monkeypatch.setattr(sys, "argv", ["harness", *(arguments or ["list"])])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return caught.value.code


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (HarnessError("went wrong; next: this"), 1, "harness: went wrong; next: this\n"),
        (UsageError("no such thing"), 2, "harness: no such thing\n"),
        (EnvError("not made"), 3, "harness: not made\n"),
        (AdapterError("broken"), 4, "harness: broken\n"),
        (click.UsageError("give it alone"), 2, "give it alone"),
    ],
)
def test_errors_become_messages_and_exit_codes(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
    message: str,
) -> None:
    assert ended(monkeypatch, error) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""
    assert "Traceback" not in captured.err


def test_an_unexpected_error_is_reported_as_a_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, ZeroDivisionError("oops")) == 70
    message = capsys.readouterr().err
    assert "ZeroDivisionError: oops" in message
    assert "this is a bug in the harness" in message


def test_an_interrupt_has_its_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended(monkeypatch, KeyboardInterrupt()) == 130


def test_a_closed_pipe_is_not_reported_as_a_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, BrokenPipeError(32, "Broken pipe")) in (0, 1, 141)
    assert "bug" not in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["run", "--help"], ["--version"]])
def test_a_command_that_succeeds_ends_with_zero(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    assert not ended(monkeypatch, None, *arguments)


def test_termination_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyboardInterrupt):
        cli._interrupt(signal.SIGTERM, None)
