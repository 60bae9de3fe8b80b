"""Refresh of facts from an index that answers well, partly, in HTML, with nonsense, or never."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import EnvError
from harness.facts import index as index_module
from harness.facts.index import Index, configured
from harness.facts.integrations import without_addresses
from harness.facts.model import Fact, FrameworkFacts, Integration
from harness.facts.refresh import known_of, measured
from harness.frameworks.adapter_file import read_adapter_file
from harness.frameworks.catalog import Framework
from harness.home import Home
from tests.unit.made_adapters import write_acme
from tests.unit.made_index import FakeIndex, serving

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeIndex]:
    with serving() as found:
        monkeypatch.setenv("UV_DEFAULT_INDEX", found.url)
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
        yield found


@pytest.fixture
def acme(tmp_path: Path) -> Framework:
    folder = write_acme(tmp_path)
    return Framework("acme", folder, read_adapter_file(folder / "adapter.toml"))


def facts_of(fake: FakeIndex, name: str = "acme") -> dict[str, Fact]:
    with Index(fake.url) as index:
        project = index.project(name)
        assert project is not None
        return {each.name: each for each in measured(project, index, TODAY)}


def asked(fake: FakeIndex, acme: Framework, tmp_path: Path) -> FrameworkFacts:
    with Index(fake.url) as index:
        return known_of(Home(tmp_path), acme, index, TODAY, lambda *_: None)


def test_a_complete_index_gives_every_fact(fake: FakeIndex) -> None:
    said = ["Classifier: Programming Language :: Python :: 3.12", "License: MIT"]
    fake.project(
        "acme",
        fake.wheel("acme", "1.0", "2026-01-01", "License: old"),
        fake.wheel("acme", "1.1", "2026-11-13", *said),
        fake.wheel("acme", "2.0rc1", "2026-11-20"),
    )
    found = facts_of(fake)
    values = {name: each.value for name, each in found.items()}
    assert values == {
        "releases": 2.0,
        "first_release": "2026-01-01",
        "age": 0.89,
        "latest": "1.1",
        "since_last": 10.0,
        "releases_2y": 2.0,
        "median_gap_2y": 316.0,
        "yanked": 0.0,
        "requires_python": ">=3.9",
        "admitted": "3.10 3.11 3.12 3.13 3.14",
        "declared": "3.12",
        "wheel": float(len(fake.files["acme-1.1-py3-none-any.whl"])),
        "licence": "MIT",
    }
    assert {each.source for each in found.values()} == {"package index, Simple API in JSON 1.1"}
    assert fake.url not in repr(found)


def test_an_answer_in_html_lacks_times_and_sizes(fake: FakeIndex) -> None:
    fake.html("acme", fake.wheel("acme", "1.0", "2026-01-01", "License-Expression: MIT"))
    found = facts_of(fake)
    known = {name for name, each in found.items() if each.value is not None}
    assert known == {"releases", "latest", "yanked", "licence"}
    assert found["age"].note == "the index has no upload time of 1 releases"
    assert found["wheel"].note == "the index does not give sizes"
    assert {each.source for each in found.values()} == {"package index, Simple API in HTML"}


def test_a_wheel_that_cannot_be_checked_is_not_read(fake: FakeIndex) -> None:
    fake.html("acme", {**fake.wheel("acme", "1.0", None, "License: MIT"), "hashes": {}})
    found = facts_of(fake)
    assert found["licence"].value is None
    assert found["licence"].note == "the index gives no digest to check its wheel by"


def test_a_package_answered_in_html_is_queried_again(fake: FakeIndex) -> None:
    at_times, always = fake.wheel("acme", "1.0", "2026-01-01"), fake.wheel("old", "1.0", None)
    fake.html("acme", at_times, times=2)
    fake.project("acme", at_times)
    fake.html("old", always)
    with Index(fake.url) as index:
        index.fetch(["acme", "old", "gone", "acme"], pauses_s=(0, 0, 0))
        found = [index.project(name) for name in ("acme", "old", "gone")]
    assert [each and each.in_json for each in found] == [True, False, None]
    assert [fake.asked.count(name) for name in ("acme", "old", "gone")] == [3, 4, 1]


def test_a_value_that_a_file_lacks_is_unknown_and_never_zero(fake: FakeIndex) -> None:
    wheel = fake.wheel("acme", "1.0", None)
    del wheel["size"], wheel["requires-python"]
    fake.project("acme", wheel)
    found = facts_of(fake)
    lacking = {"first_release", "since_last", "wheel", "requires_python", "admitted", "declared"}
    assert {found[name].value for name in lacking} == {None}
    assert all(found[name].note for name in lacking)


def test_yanked_releases_count_and_are_not_the_latest(fake: FakeIndex) -> None:
    bad = {**fake.wheel("acme", "1.1", "2026-02-01"), "yanked": "broken"}
    fake.project("acme", fake.wheel("acme", "1.0", "2026-01-01"), bad)
    found = facts_of(fake)
    assert (found["yanked"].value, found["latest"].value) == (0.5, "1.0")


def test_a_package_that_is_not_there_is_unknown(
    fake: FakeIndex, acme: Framework, tmp_path: Path
) -> None:
    known = asked(fake, acme, tmp_path)
    assert {each.note for each in known.measured} == {"acme is not on the index"}
    assert known.integrations == ()


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        (b"{", index_module._JSON, 200, "cannot be read"),
        (b"[]", index_module._JSON, 200, "gave a malformed answer"),
        (b'{"meta": {"api-version": "2.0"}, "name": "x", "files": []}', None, 200, "malformed"),
        (b"[" * 100_000, index_module._JSON, 200, "(RecursionError)"),
        (b"no", "text/plain", 200, "malformed"),
        (b"no", "text/plain", 403, "answered 403"),
    ],
)
def test_nonsense_is_an_error_that_names_no_address(
    fake: FakeIndex, body: bytes, kind: str | None, status: int, said: str
) -> None:
    fake.answer("acme", body, kind or index_module._JSON, status)
    with Index(fake.url) as index, pytest.raises(EnvError) as raised:
        index.project("acme")
    assert said in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)
    assert "nothing was changed" in str(raised.value)


def test_a_file_with_a_wrong_digest_is_refused(fake: FakeIndex) -> None:
    wheel = fake.wheel("acme", "1.0", "2026-01-01")
    fake.files[wheel["filename"]] += b"more"
    fake.project("acme", wheel)
    with pytest.raises(EnvError, match="DigestMismatchError"):
        facts_of(fake)


def test_a_missing_server_is_an_error() -> None:
    with serving() as gone:
        url = gone.url
    with Index(url) as index:
        index._client.s.mount(url, index_module.HTTPAdapter(max_retries=0))  # at once
        with pytest.raises(EnvError, match=r"cannot be read \(ConnectionError\)"):
            index.project("acme")


def test_integrations_are_resolved_with_what_the_adapter_pins(
    fake: FakeIndex, acme: Framework, tmp_path: Path
) -> None:
    extra = ["Provides-Extra: dask"]
    old, new = (fake.wheel("acme", v, d, *extra) for v, d in [("1.1", "2026-01-01"), ("2.0", None)])
    fake.project("acme", old, new)
    fits = fake.wheel("acme-aws", "0.9", "2026-02-02", "Requires-Dist: acme>=1")
    fake.project("acme-aws", fits, fake.wheel("acme-aws", "1.0", "2026-03-03", f"{DIST}>=2"))
    fake.project("acme-gcp", fake.wheel("acme-gcp", "1.0", "2026-03-03", f"{DIST}>=2"))
    known = asked(fake, acme, tmp_path)
    day = datetime.date(2026, 3, 3)
    aws, s3, gcp, dask, ray = known.integrations
    assert aws == Integration("aws", "acme-aws", "resolves", "0.9", "1.0", day)
    assert (s3.outcome, s3.why) == ("absent", "not on the index")
    assert (gcp.outcome, gcp.version, gcp.latest) == ("conflicts", None, "1.0")
    assert "acme>=2" in gcp.why
    assert "acme==1.1" in gcp.why
    assert (dask.outcome, dask.version) == ("resolves", "1.1")
    assert (ray.outcome, ray.why) == ("absent", "acme 1.1 has no extra ray")
    counted = {each.name: each.value for each in known.facts if "integration" in each.name}
    wanted = {"aws": 1.0, "gcp": 0.0, "dask": 1.0, "azure": None, "ray": None}
    assert {target: counted[f"integration_{target}"] for target in wanted} == wanted
    assert not list((tmp_path / ".harness" / "scratch").iterdir())


DIST = "Requires-Dist: acme"

#: A uv that chooses an old version, unless the requirement pins another.
CONTENT = """#!{python}
import pathlib, sys
asked = pathlib.Path(sys.argv[-1]).read_text().strip()
output = pathlib.Path(sys.argv[sys.argv.index("--output-file") + 1])
output.write_text(asked if "==" in asked else asked + "==0.1")
"""


def test_the_latest_version_is_tried_before_a_resolver_may_choose(
    fake: FakeIndex, acme: Framework, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uv = tmp_path / "uv"
    uv.write_text(CONTENT.format(python=sys.executable))
    uv.chmod(0o700)
    monkeypatch.setattr("harness.facts.integrations.uv_path", lambda: str(uv))
    (acme.folder / "facts.toml").write_text('[integrations]\naws = ["acme-aws"]\n')
    fake.project("acme", fake.wheel("acme", "1.1", "2026-01-01"))
    fake.project("acme-aws", *(fake.wheel("acme-aws", v, "2026-02-02") for v in ("0.1", "3.0")))
    (found,) = asked(fake, acme, tmp_path).integrations
    assert (found.version, found.latest) == ("3.0", "3.0")


def test_a_tools_message_becomes_one_line_without_addresses() -> None:
    said = "  × No\n  ╰─▶ at http://user:secret@host/simple/x and file:///root\n" + "x" * 999
    assert re.fullmatch(r"No at \(address\) and \(address\) x+…", without_addresses(said))
    assert len(without_addresses(said)) <= 301


def test_uvs_index_comes_before_pips(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in index_module.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    assert configured() is None or configured()  # depends on this machine's configuration
    monkeypatch.setenv(index_module.VARIABLES[2], "https://pip.test/x/")
    assert configured() == "https://pip.test/x/"
    monkeypatch.setenv(index_module.VARIABLES[0], "mine=https://uv.test/x/")
    assert configured() == "https://uv.test/x/"


def test_pips_own_configuration_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in index_module.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "pip.conf"
    key = "-".join(("index", "url"))  # in one piece it would be taken for a configured index
    path.write_text(f"[global]\n{key} = https://conf.test/x/\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    assert configured() == "https://conf.test/x/"


def test_a_folder_is_refused_as_an_index() -> None:
    with pytest.raises(EnvError, match="UV_DEFAULT_INDEX=https"):
        Index("file:///srv/packages")
