"""Resumption of a run that was cut off: with the same services, and complete."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import click
import msgspec
import pytest
from click.testing import CliRunner

from harness import wire
from harness.cli import cli, service_options
from harness.commands import progress, run
from harness.errors import EnvError, UsageError
from harness.execution import run as runs
from harness.execution import session
from harness.execution.job import Job, Task
from harness.execution.recover import recovered
from harness.home import Home
from harness.model import PlannedTrial, Run, Spin, Timeouts
from harness.results import new_run, store
from harness.results.resume_command import SERVICE_OPTIONS
from harness.services import leftovers, notes
from harness.services.errors import ServiceError
from harness.wire import URL_VARIABLES
from tests.unit.made_frameworks import PLAIN
from tests.unit.made_plan import entry, plan_of
from workloads import patterns

URL = "postgresql://me:secret@db/x"


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a run with PostgreSQL and an endpoint given, cut off before its first trial."""
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    monkeypatch.setattr(new_run.host, "measure_noise", lambda: Spin([1], None, None))
    plan, suite = plan_of({"chain": entry("workload")})
    folder = store.new_run_folder(Home(tmp_path), "now")
    service_urls = {"endpoint": "dns:///flyte", "postgres": URL}
    context = runs.RunContext(
        Home(tmp_path), folder, {}, suite.workloads, {"plain": PLAIN}, {}, service_urls=service_urls
    )
    return runs.begin(context, plan).run


def refusal(*options: str) -> str:
    done = CliRunner().invoke(cli, ["run", "--resume", "now", *options])
    assert isinstance(done.exception, UsageError), done.exception
    return str(done.exception)


def test_a_run_records_the_services_given_without_passwords(begun: Run, tmp_path: Path) -> None:
    folder = tmp_path / "results" / "now"
    assert set(store.load(folder).user_services or ()) == {"endpoint", "postgres"}
    assert "secret" not in (folder / store.RUN).read_text()


@pytest.mark.parametrize(
    "options", [[], ["--postgres", URL], ["--postgres", URL, "--service-url", "x", "--redis", "y"]]
)
def test_other_services_than_at_the_start_are_refused(begun: Run, options: list[str]) -> None:
    whole = "with the same services: harness run --resume now --postgres URL --service-url URL"
    assert refusal(*options).endswith(whole)


def test_the_same_services_at_another_url_are_accepted(begun: Run) -> None:
    session.check_services(begun, {"postgres": "postgresql://elsewhere/x", "endpoint": "y"})


def test_a_run_without_services_refuses_services(begun: Run) -> None:
    none = msgspec.structs.replace(begun, user_services=[])
    with pytest.raises(UsageError, match=r"with no service of the user's, not with --listen"):
        session.check_services(none, {"listen": "10.0.0.1"})


def test_a_run_that_recorded_no_services_accepts_any(begun: Run, tmp_path: Path) -> None:
    path = tmp_path / "results" / "now" / store.RUN
    raw = msgspec.json.decode(path.read_bytes())
    del raw["given"]
    path.write_bytes(msgspec.json.encode(raw))
    session.check_services(store.load(path.parent), {"postgres": URL})


def test_a_variable_counts_as_a_given_service(begun: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable, the remaining trials would be unsupported for good."""
    far = msgspec.structs.replace(
        PLAIN.mode("inprocess"), endpoint="a service", endpoint_variable="FAR_URL"
    )
    modes = msgspec.structs.replace(PLAIN.entry, modes={"inprocess": far})
    catalog = {"plain": msgspec.structs.replace(PLAIN, entry=modes)}
    assert runs.user_services_of(begun.plan, catalog, {"listen": "x"}) == ["listen"]
    monkeypatch.setenv("FAR_URL", "http://far")
    assert runs.user_services_of(begun.plan, catalog, {"listen": "x"}) == ["endpoint", "listen"]


def test_an_interrupt_prints_the_complete_resume_command(
    begun: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "proceed", interrupted)
    home = Home(tmp_path)
    context = runs.RunContext(home, home.results / "now", {}, {}, {}, {})
    with pytest.raises(SystemExit):
        run._proceed(runs.Session(context, begun), False)
    output = capsys.readouterr().err
    assert output.endswith(
        "to resume, run: harness run --resume now --postgres URL --service-url URL\n"
    )


def test_a_run_interrupted_before_it_begins_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not be resumed."""

    def interrupted(request: object, prepared: object, folder: Path, *_: object) -> None:
        (folder / store.CALIBRATION).mkdir()
        raise KeyboardInterrupt

    composer = SimpleNamespace(suite=lambda asked: None, frameworks=lambda suite: [])
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    monkeypatch.setattr(session, "Composer", lambda *_: composer)
    monkeypatch.setattr(progress, "environments_of", lambda *_: {"plain": None})
    monkeypatch.setattr(session, "_first_tries", interrupted)
    done = CliRunner().invoke(cli, ["run", "--framework", "plain", "--workload", "chain"])
    assert "Aborted" in done.output
    assert list((tmp_path / "results").iterdir()) == []


def test_a_run_interrupted_after_it_began_stays(begun: Run, tmp_path: Path) -> None:
    folder = tmp_path / "results" / "now"
    with pytest.raises(KeyboardInterrupt), session._removed_unless_begun(folder):
        raise KeyboardInterrupt
    assert (folder / store.RUN).exists()


def test_every_option_of_a_service_has_its_name() -> None:
    @service_options.services
    def command(**_: str) -> None:
        """Stand for a command with these options."""

    options = {o.name: o.opts[0] for o in command.__click_params__ if isinstance(o, click.Option)}
    assert options == {name: typed.split()[0] for name, typed in SERVICE_OPTIONS.items()}
    assert set(options) == set(URL_VARIABLES)


def cut_off(folder: Path) -> Job:
    """Return a trial whose worker used a database and was killed with the harness."""
    place = folder / "01-plain"
    (place / wire.SERVICES).mkdir(parents=True)
    (place / wire.REQUEST).touch()
    notes.note(place / wire.SERVICES, {"lent": "postgres", "place": "harness_ab"})
    planned = PlannedTrial("01-plain", 1, "plain", "inprocess", 1, [])
    return Job(planned, PLAIN, [], Timeouts(), place, folder, [], service_urls={"postgres": URL})


def test_a_database_that_cannot_be_dropped_stays_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(url: str, place: str) -> None:
        raise ServiceError("postgres at db:5432 did not answer")

    monkeypatch.setitem(leftovers._GIVE_BACK, "postgres", refuses)
    job = cut_off(tmp_path)
    with pytest.raises(EnvError, match=r"holds harness_ab: .*did not answer; resume the run once"):
        recovered(job)
    monkeypatch.setitem(leftovers._GIVE_BACK, "postgres", lambda url, place: None)
    assert recovered(job) is None
    assert notes.read(job.folder / wire.SERVICES).lent == {}


def test_a_database_of_a_service_no_longer_given_stays_on_record(tmp_path: Path) -> None:
    job = msgspec.structs.replace(cut_off(tmp_path), service_urls={})
    with pytest.raises(EnvError, match="postgres still holds harness_ab; resume the run once"):
        recovered(job)


def test_cells_that_failed_before_the_cut_are_recovered(tmp_path: Path) -> None:
    """A repetition might end well, and the evidence of the failure would be lost."""
    tasks = [
        Task(name, name, patterns.chain(steps=1), tmp_path, 1, {"value": 1}, 2, recorded=False)
        for name in ("failed", "wrong", "half", "beyond")
    ]
    planned = PlannedTrial("01-plain", 1, "plain", "inprocess", 1, [each.cell for each in tasks])
    job = Job(planned, PLAIN, tasks, Timeouts(), tmp_path, tmp_path, [])
    (tmp_path / wire.REQUEST).touch()
    results = [("failed", "it broke"), ("wrong", None), ("half", "it broke")]
    for key, error in results:
        for run_id in (f"{key}-r1", f"{key}-r2")[: 1 + (key != "half")]:
            (tmp_path / run_id / wire.EVENTS).mkdir(parents=True)
            result = wire.RepetitionResult(run_id, {"value": 2}, None, error, "execute")
            wire.write(tmp_path / run_id / wire.RESULT, result)
    stamp = {"phase": "execute", "run_id": "half-r2", "edge": "start", "ns": 1}
    wire.write(tmp_path / "stamp", stamp)
    (tmp_path / wire.PHASES).write_text((tmp_path / "stamp").read_text() + "\n")
    result = recovered(job)
    assert result is not None
    assert [(each.run_id, each.outcome.value) for each in result.repetitions] == [
        *(("failed-r1", "failed"), ("failed-r2", "failed")),
        *(("wrong-r1", "wrong"), ("wrong-r2", "wrong")),
    ]
    assert "it broke" in result.repetitions[0].evidence[0]
    rest = runs.following(planned, result)
    assert rest is not None
    assert rest.cells == ["half", "beyond"]
