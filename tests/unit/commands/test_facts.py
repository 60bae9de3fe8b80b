"""Snapshots of facts, and ``harness facts``: foreign text cannot control the terminal."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from harness.cli import cli, main
from harness.errors import UsageError
from harness.facts import MEASURED, SOURCED, TARGETS, facts_file, load, snapshot
from harness.facts.model import FrameworkFacts, Integration, unknown
from harness.frameworks.catalog import discover
from harness.home import Home
from harness.report.tables import facts as shown
from harness.report.terminal import console
from tests.paths import ROOT
from tests.unit.made_adapters import write_acme
from tests.unit.made_index import FakeIndex, serving

TODAY = datetime.date(2026, 11, 23)
HOSTILE = "\x1b[31mred\x1b[0m [bold]loud[/] \x9b2J\u202eback\x07"
OURS = {"plain": "python", "prefect": "prefect", "flyte": "flytekit", "mlrun": "mlrun"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    write_acme(tmp_path)
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    return Home(tmp_path)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeIndex]:
    with serving() as found:
        monkeypatch.setenv("UV_DEFAULT_INDEX", found.url)
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
        yield found


def known(day: datetime.date = TODAY, why: str = "not queried") -> FrameworkFacts:
    facts = tuple(unknown(name, why, day) for name in MEASURED)
    return FrameworkFacts("acme", day, facts, (), ())


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["facts", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_shipped_snapshot_covers_all_adapters_and_integrations() -> None:
    shipped = snapshot.read(snapshot.SHIPPED).frameworks
    catalog = discover(Home(ROOT))
    assert set(shipped) == {name for name, each in catalog.items() if not each.entry.control}
    for name, each in shipped.items():
        assert each.package == catalog[name].entry.package
        assert tuple(fact.name for fact in each.sourced) == SOURCED
        named = facts_file.named(facts_file.read(catalog[name].folder))
        assert [(i.target, i.requirement) for i in each.integrations] == named
        assert not [i for i in each.integrations if i.outcome == "unknown"]


def test_facts_are_complete_without_an_index() -> None:
    catalog = discover(Home(ROOT))
    found = load(Home(ROOT / "nowhere"), {name: catalog[name] for name in OURS}, TODAY)
    names = [*MEASURED, *(f"integration_{target}" for target in TARGETS), *SOURCED]
    assert all([each.name for each in facts] == names for facts in found.values())
    assert all(each.note for facts in found.values() for each in facts if each.value is None)


def test_the_users_snapshot_wins_and_gets_stale(home: Home) -> None:
    catalog = discover(home)
    frameworks = {name: catalog[name] for name in ("prefect", "acme")}
    snapshot.save(home.facts, {"prefect": known(TODAY - datetime.timedelta(181))})
    found = snapshot.all_known(home, frameworks, TODAY)
    assert {each.note for each in found["prefect"].measured} == {"not queried"}
    assert all(each.stale for each in found["prefect"].measured)
    assert "harness facts --refresh" in found["acme"].measured[0].note
    assert found["prefect"].sourced  # from the adapter's own file: this snapshot has none


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-9],
        lambda data: data.replace(b'"schema": 1', b'"schema": 9'),
        lambda data: data.replace(b'"taken"', b'"takes"'),
        lambda data: data.replace(b"not queried", b""),
        lambda data: data.replace(b'"yanked"', b'"yonked"'),
        lambda data: b"[" * 100_000,
        lambda data: b"\xff",
    ],
)
def test_a_damaged_snapshot_is_refused_with_the_next_step(home: Home, damage: object) -> None:
    snapshot.save(home.facts, {"acme": known()})
    whole = home.facts.read_bytes()
    home.facts.write_bytes(damage(whole))  # type: ignore[operator]
    assert home.facts.read_bytes() != whole
    with pytest.raises(UsageError, match=rf"remove it: rm {home.facts}; then: harness facts"):
        snapshot.kept(home.facts)


def test_a_refresh_is_saved_and_leaves_other_frameworks(home: Home, fake: FakeIndex) -> None:
    snapshot.save(home.facts, {"prefect": known()})
    fake.project("acme", fake.wheel("acme", "1.1", "2026-01-01", f"License: {HOSTILE}"))
    output = run("--refresh", "--framework", "acme")
    kept = snapshot.kept(home.facts)
    assert set(kept) == {"acme", "prefect"}
    assert fake.url not in home.facts.read_text()
    assert "127.0.0.1" not in home.facts.read_text()
    assert "2026-01-01" in output
    harmless(output)


def test_an_index_that_fails_changes_nothing(home: Home, fake: FakeIndex) -> None:
    snapshot.save(home.facts, {"acme": known()})
    before = home.facts.read_bytes()
    fake.answer("acme", b"no", "text/plain", 403)
    done = CliRunner().invoke(cli, ["facts", "--refresh", "--framework", "acme"])
    assert "nothing was changed" in str(done.exception)
    assert home.facts.read_bytes() == before


def test_hostile_text_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    facts = tuple(
        msgspec.structs.replace(each, value=HOSTILE, source=HOSTILE)
        for each in known(why=HOSTILE).measured
    )
    entry = unknown("stars", HOSTILE, TODAY, kind="sourced")
    refused = Integration("aws", HOSTILE, "conflicts", None, HOSTILE, None, HOSTILE)
    hostile = FrameworkFacts(HOSTILE, TODAY, facts, (refused,), (entry,))
    console.show(*shown.parts({HOSTILE: hostile, "plain": known(why=HOSTILE)}))
    output = capsys.readouterr().out
    harmless(output)
    assert "\\x1b[31mred" in output
    assert "[bold]" in output


def test_the_table_of_all_fits_in_80_columns_and_gives_reasons(home: Home) -> None:
    output = run("--framework", "prefect", "--framework", "flyte", "--framework", "acme")
    assert max(map(len, output.splitlines())) <= 80
    assert "unknown (not queried yet" in " ".join(output.split())
    assert "prefect-aws" in output
    whole = run()
    assert max(map(len, whole.splitlines())) <= 80
    assert "not applicable: plain Python is the baseline" in " ".join(whole.split())
    assert "fake" not in whole


def test_json_has_all_facts(home: Home) -> None:
    listed = json.loads(run("--framework", "plain", "--framework", "airflow", "--json"))
    assert set(listed) == {"plain", "airflow"}
    facts = {each["name"]: each for each in listed["airflow"]["facts"]}
    assert set(facts) == {*MEASURED, *SOURCED, *(f"integration_{each}" for each in TARGETS)}
    assert all("stale" in each and "read" in each for each in facts.values())


def test_an_error_that_quotes_a_hostile_file_is_harmless(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home.root / "adapters" / "acme" / "facts.toml").write_text('"\\u001b[31mred" = 1\n')
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["harness", "facts", "--framework", "acme"])
    with pytest.raises(SystemExit) as ended:
        main()
    output = capsys.readouterr().err
    assert ended.value.code == UsageError.exit_code
    assert "\\x1b[31mred" in output
    harmless(output)


def test_a_framework_with_a_version_is_refused() -> None:
    done = CliRunner().invoke(cli, ["facts", "--framework", "prefect@3.8.5"])
    assert "facts cover all versions; run: harness facts --framework prefect" in str(done.exception)


def harmless(output: str) -> None:
    assert not [each for each in output if not each.isprintable() and each != "\n"]


def test_an_adapter_without_facts_gets_lines_not_empty_tables(home: Home) -> None:
    (home.root / "adapters" / "acme" / "facts.toml").unlink()
    output = run("--framework", "acme")
    assert "acme, facts from sources: unknown (its adapter has no facts.toml)" in output
    assert "acme, facts from the package index: unknown (" in output
    assert "median gap" not in output.partition("releases:")[0]
