"""The printed matrix, compared with golden files.

After an intended change: ``GOLDEN=write python -m pytest tests/unit/report``, and read the diff.
"""

from __future__ import annotations

import os

import pytest
from rich.console import RenderableType

from harness.matrix.answer import answer, sentence
from harness.matrix.model import Answer, Dissent, Removed
from harness.report.tables import matrix
from harness.report.terminal import console
from tests.paths import GOLDEN
from tests.unit.matrix.made import CRITERIA, EQUAL, UNSURE, reading

TRIALS = tuple(f"results/r/trials/0{n}-alpha-inprocess-p2" for n in (1, 2, 3))
READINGS = [
    reading("alpha", "overhead", 0.01, low=0.008, high=0.02, mode="inprocess", sources=TRIALS),
    reading("beta", "overhead", 0.1, low=0.09, high=0.12, mode="inprocess"),
    reading("alpha", "stars", 4, sources=("https://example.test/stars",), as_of="2030-01-01"),
    reading("beta", "stars", 8, sources=("https://example.test/stars",), as_of="2030-01-01"),
    reading("alpha", "cron", 1.0, text="works", mode="server", sources=("probes/alpha/cron",)),
    reading("beta", "cron", 0.0, text="accepted but ignored", mode="server"),
    reading("beta", "widest", None, text="inconclusive", note="the machine was too small"),
    reading("plain", "overhead", 0.001, mode="inprocess"),
    reading("gone", "stars", 1),
]
FRAMEWORKS = {"alpha": "", "beta": "", "gone": "", "plain": "it is no framework", "unseen": ""}
REMOVED = [Removed("gone", "--require cron: not probed here")]


def found() -> Answer:
    weights = {"speed": 3.0, "people": 2.0, "does": 1.0}
    return answer(
        CRITERIA, READINGS, FRAMEWORKS, "inprocess", "a test", weights, UNSURE, REMOVED, ["r"]
    )


def check(name: str, parts: list[RenderableType], capsys: pytest.CaptureFixture[str]) -> None:
    console.show(*parts)
    said = "".join(f"{line.rstrip()}\n" for line in capsys.readouterr().out.splitlines())
    assert max(map(len, said.splitlines())) <= 80
    file = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        file.write_text(said)
    assert said == file.read_text()


def test_the_table_equals_its_golden_file(capsys: pytest.CaptureFixture[str]) -> None:
    check("matrix.txt", matrix.parts(found(), CRITERIA), capsys)


def test_the_explanation_equals_its_golden_file(capsys: pytest.CaptureFixture[str]) -> None:
    check("matrix-explained.txt", matrix.explained(found(), CRITERIA, "alpha"), capsys)


def test_frameworks_that_do_not_fit_are_in_further_tables(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = [f"framework-{n}" for n in range(7)]
    many = answer(
        CRITERIA,
        [reading(name, "stars", n) for n, name in enumerate(names)],
        dict.fromkeys(names, ""),
        "inprocess",
        "a test",
        EQUAL,
        UNSURE,
    )
    console.show(*matrix.parts(many, CRITERIA))
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert said.count("criterion") == 3
    assert all(said.count(name) >= 2 for name in names)


def test_dissent_names_the_methods_with_another_winner(capsys: pytest.CaptureFixture[str]) -> None:
    one, other = Dissent("ONE", "reasons", ("a", "b")), Dissent("OTHER", "others", ("b", "a"))
    console.show(*matrix.dissent([one, other], ["a"]))
    assert capsys.readouterr().out.splitlines() == [
        "dissent: OTHER has b first (others)",
        "dissent: ONE: a first",
    ]
    console.show(*matrix.dissent([other], ["a"]))
    assert "no other method agrees" in capsys.readouterr().out
    assert matrix.dissent([], ["a"]) == []


def test_a_method_that_ties_with_the_winner_does_not_dissent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    level = Dissent("ONE", "reasons", ("a", "b", "c"), level=2)
    console.show(*matrix.dissent([level], ["b"]))
    console.show(*matrix.dissent([level], ["c"]))
    assert capsys.readouterr().out.splitlines() == [
        "other methods agree on b: ONE (level with a)",
        "dissent: ONE has a and b first (reasons)",
        "dissent: no other method agrees",
    ]


def test_a_method_that_has_one_of_two_tied_winners_first_does_not_dissent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    both = Dissent("BOTH", "reasons", ("a", "b", "c"), level=2)
    second = Dissent("SECOND", "reasons", ("b", "c", "a"), level=2)
    other = Dissent("OTHER", "others", ("c", "b", "a"))
    console.show(*matrix.dissent([both, second], ["a", "b"]))
    console.show(*matrix.dissent([both, other], ["a", "b"]))
    assert capsys.readouterr().out.splitlines() == [
        "other methods agree on a and b: BOTH, SECOND (level with c, prefers b)",
        "dissent: OTHER has c first (others)",
        "dissent: BOTH: a and b first",
    ]


def test_the_sentence_names_the_change_of_weights_that_changes_it() -> None:
    said = sentence(found(), CRITERIA)
    assert said.startswith("For a test: alpha, with probability 0.")
    # Leads: 0.25 in speed, -0.4 in people, 0.25 in what it does; a half, a third and a sixth.
    points = 100 * (0.25 / 2 - 0.4 / 3 + 0.25 / 6) / 0.65
    assert (
        f"beta would win if {points:.1f} of 100 points of weight went from speed to people" in said
    )


def test_the_sentence_without_a_change_of_weights_that_changes_it() -> None:
    readings = [reading("a", "stars", 9), reading("b", "stars", 1)]
    frameworks = {"a": "", "b": ""}
    both = answer(CRITERIA, readings, frameworks, "m", "a test", EQUAL, UNSURE)
    assert "no other weights would change that. Only 33% of" in sentence(both, CRITERIA)
    alone = answer(CRITERIA, readings[:1], {"a": ""}, "m", "a test", EQUAL, UNSURE)
    assert "a, because no other framework is left" in sentence(alone, CRITERIA)
    nobody = answer(CRITERIA, [], {"a": ""}, "m", "a test", EQUAL, UNSURE)
    assert sentence(nobody, CRITERIA) == "For a test: no framework is left to choose from."
    assert nobody.unranked == (Removed("a", "nothing is known of it"),)
    level = [reading("a", "stars", 5), reading("b", "stars", 5)]
    tied = answer(CRITERIA, level, frameworks, "m", "a test", EQUAL, UNSURE)
    assert [each.rank for each in tied.standings] == [1, 1]


@pytest.mark.parametrize(
    ("names", "said"), [("ab", "b has as many points"), ("abc", "b and c have as many points")]
)
def test_the_sentence_names_frameworks_with_as_many_points(names: str, said: str) -> None:
    level = [reading(name, "stars", 5) for name in names]
    tied = answer(CRITERIA, level, dict.fromkeys(names, ""), "m", "a test", EQUAL, UNSURE)
    assert f"For a test: a, with probability {1 / len(names):.1f}" in sentence(tied, CRITERIA)
    assert f"; {said}. Only " in sentence(tied, CRITERIA)


def test_a_unit_loses_its_plural_but_not_its_last_letter() -> None:
    one = reading("alpha", "overhead", 1.0)
    assert matrix.value_text(one, "ns") == "1 ns"
    assert matrix.value_text(one, "steps") == "1 step"
