"""The committed report follows from the packed runs beside it, and the README from the report."""

from __future__ import annotations

import gzip
import math
import re
import subprocess
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from harness.home import Home
from harness.report import brief
from harness.report.build import document
from harness.report.document import Document, Section
from harness.report.gather.gather import ReportRequest, gather
from harness.report.markdown import DETAILS, MAIN
from harness.results import archive
from tests.paths import ROOT

REFERENCE = ROOT / "results" / "reference"
_SAID = subprocess.run(
    ["make", "--dry-run", "reference"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout
#: In the order of `make reference`: of what two of them have, the first counts.
RUNS = [ROOT / name for name in re.findall(rf"\S+{re.escape(archive.SUFFIX)}", _SAID)]
#: Chapters that follow from the runs alone; the others change with what is known elsewhere.
MEASURED = ("probes", "overhead", "granularity", "scaling", "pipeline", "portability", "resources")


@pytest.fixture(scope="module")
def committed() -> Document:
    data = gzip.decompress((REFERENCE / "report.json.gz").read_bytes())
    return msgspec.json.decode(data, type=Document)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


def chapters(made: Document) -> dict[str, Section]:
    return {each.id: each for each in made.sections if each.id in MEASURED}


def plain(value: object) -> Any:
    """What stands in the file: objects, lists, texts and numbers."""
    return msgspec.json.decode(msgspec.json.encode(value))


def differences(made: Any, kept: Any, where: str = "") -> list[str]:
    """Where two documents differ. The last digits of a number are the processor's: how wide its
    registers are says in which order NumPy adds."""
    if isinstance(made, dict) and isinstance(kept, dict) and made.keys() == kept.keys():
        pairs = [(made[key], kept[key], f"{where}.{key}") for key in made]
    elif isinstance(made, list) and isinstance(kept, list) and len(made) == len(kept):
        pairs = [
            (*both, f"{where}[{number}]")
            for number, both in enumerate(zip(made, kept, strict=True))
        ]
    else:
        same = made == kept or (
            isinstance(made, float)
            and isinstance(kept, float)
            # The end of an interval near zero is a difference of times: a picosecond is nothing.
            and math.isclose(made, kept, rel_tol=1e-9, abs_tol=1e-12)
        )
        return [] if same else [f"{where}: {made!r} is not {kept!r}"]
    return [each for pair in pairs for each in differences(*pair)]


def test_a_difference_is_found() -> None:
    kept = {"a": [1.0, 0.3], "b": "x"}
    assert differences({"a": [1.0, 0.1 + 0.2], "b": "x"}, kept) == []
    assert differences({"a": [1.0, 0.2], "b": "x"}, kept) == [".a[1]: 0.2 is not 0.3"]
    assert differences({"a": [1.0], "b": "y"}, kept) == [
        ".a: [1.0] is not [1.0, 0.3]",
        ".b: 'y' is not 'x'",
    ]
    assert differences({"a": 1}, kept)


def test_it_is_of_every_packed_run() -> None:
    assert sorted(RUNS) == sorted(REFERENCE.glob(f"*{archive.SUFFIX}"))


def test_its_figures_follow_from_the_packed_runs(home: Home, committed: Document) -> None:
    folders = [archive.find(home, str(file)) for file in RUNS]
    made = document(gather(home, ReportRequest(folders, (), None, "inprocess", True, REFERENCE)))
    assert {each.run for each in committed.sources} == {folder.name for folder in folders}
    assert {"overhead", "granularity", "scaling", "pipeline"} <= set(chapters(committed))
    assert differences(plain(chapters(made)), plain(chapters(committed))) == []


def test_the_readme_says_what_it_says(committed: Document) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert brief.put(committed, readme, "results/reference") == readme
    (answer,) = (each for each in committed.sections if each.id == "answer")
    assert committed.sentence in readme
    assert answer.parts


def test_every_link_of_it_leads_somewhere(home: Home) -> None:
    folders = {file.name: archive.find(home, str(file)) for file in RUNS}
    members = {
        f"{name}#{path.relative_to(folder)}"
        for name, folder in folders.items()
        for path in folder.rglob("*")
    }
    files = [(REFERENCE / name).read_text(encoding="utf-8") for name in (MAIN, DETAILS)]
    found = [re.findall(r"\]\(([^)]+)\)|^\[r\d+\]: (.+)$", text, re.M) for text in files]
    links = {inline or listed for text in found for inline, listed in text}
    links = {each for each in links if "://" not in each}
    assert links
    for link in links:
        name = link.partition("#")[0]
        assert not name or (REFERENCE / name).exists(), link
        assert not name.endswith(archive.SUFFIX) or unquote(link) in members, link


def test_its_main_part_fits_a_pull_request() -> None:
    assert len((REFERENCE / MAIN).read_text(encoding="utf-8")) < 65_536  # GitHub's limit


def test_it_is_small_and_names_no_machine(home: Home) -> None:
    files = [path for path in REFERENCE.rglob("*") if path.is_file()]
    assert sum(file.stat().st_size for file in RUNS) < 5_000_000  # all that is raw
    assert (REFERENCE / "report.html").stat().st_size < 5_000_000
    unpacked = [p for file in RUNS for p in archive.find(home, str(file)).rglob("*")]
    for path in (*files, *unpacked):
        if path.is_file() and path.suffix != ".xz":
            data = path.read_bytes()
            said = gzip.decompress(data) if path.suffix == ".gz" else data
            assert not re.search(rb"(?<![\w.-])/(?:tmp|work|root|home)/", said), path
