"""The matrix of the page equals that of ``harness matrix``, for any weights."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from harness.matrix import chance, constraints, ranking
from harness.matrix.answer import answer, sentence
from harness.matrix.model import Answer, Reading
from harness.report import html
from tests.browser import made_document as made
from tests.browser.opened import Opened

pytestmark = pytest.mark.browser

#: Move all sliders as a user would, and return the contents of the page at once.
TURN = """weights => {
  const sliders = [...document.querySelectorAll("[data-slider]")];
  const begin = performance.now();
  sliders.slice(0, weights.length).forEach((slider, i) => {
    slider.value = weights[i];
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.body.offsetHeight;
  const took = (performance.now() - begin) / sliders.length;
  const rows = [...document.querySelectorAll("[data-standings] tr:not([hidden])")];
  const cells = row => Object.fromEntries(
    [...row.querySelectorAll("[data-cell]")].map(each => [each.dataset.cell, each.textContent]));
  return {
    took,
    order: rows.map(row => ({ framework: row.dataset.framework, ...cells(row) })),
    answer: document.querySelector("[data-answer]").textContent,
    command: document.querySelector("[data-command]").textContent,
    stays: [...document.querySelectorAll("[data-stays]")].map(each => each.textContent),
    aside: [...document.querySelectorAll("[data-aside] li")].map(each => each.textContent),
  };
}"""


def asked(weights: list[float], **constraint: list[str]) -> Answer:
    """Return the answer of ``harness matrix`` for these weights."""
    given = dict(zip(made.CRITERIA.criteria, weights, strict=True))
    names = (*made.TREES, made.PLAIN)
    return answer(
        made.CRITERIA,
        [each for name in names for each in made.readings(name)],
        {**dict.fromkeys(made.TREES, ""), made.PLAIN: "it is what all are compared with"},
        "inprocess",
        "these weights",
        given,
        made.PROFILES.uncertainty,
        constraints.removed(
            made.asked(), constraint.get("require", []), constraint.get("exclude", [])
        ),
    )


def told(found: Answer) -> list[dict[str, str]]:
    return [
        {
            "framework": each.framework,
            "rank": f"{each.rank}.",
            "points": ranking.tenths(each.score.mid),
            "tied": "=" if each.tied else "",
            "known": f"{each.known:.0%}",
            "range": f"{ranking.tenths(each.score.low)}–{ranking.tenths(each.score.high)}",
        }
        for each in found.standings
    ]


def seen(page: Page, weights: list[float]) -> dict[str, Any]:
    return dict(page.evaluate(TURN, weights))


def without(order: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{k: v for k, v in row.items() if k != "chance"} for row in order]


def vectors(number: int) -> list[list[float]]:
    """Return weights that sliders can have; many are 0, as users choose them."""
    source = random.Random(7)
    choices = [0.0, *(half / 2 for half in range(201))]
    made_up = [
        [source.choice(choices) * (source.random() < 0.8) for _ in range(8)] for _ in range(number)
    ]
    return [each if any(each) else [1.0] * 8 for each in made_up]


def test_the_order_for_fifty_weight_vectors_is_the_commands(opened: Opened) -> None:
    winners = set()
    for weights in vectors(50):
        found, shown = asked(weights), seen(opened.page, weights)
        assert without(shown["order"]) == told(found)
        winners.add(shown["order"][0]["framework"])
        # The sentence without the probability, which follows a moment later.
        expected = re.sub(r", with probability [\d.]+", "", sentence(found, made.CRITERIA))
        assert shown["answer"] == expected.replace("equal weights", "these weights")
    assert len(winners) > 1


def test_a_tie_is_worded_as_by_the_command(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two or three frameworks have the same readings, so they tie for any weights.
    first, read = asked([1.0] * 8).standings[0].framework, made.readings
    twins = [name for name in made.TREES if name != first][:2]
    for count, has in ((1, "has"), (2, "have")):
        same = dict.fromkeys(twins[:count], first)
        monkeypatch.setattr(
            made,
            "readings",
            lambda name, same=same: [
                msgspec.structs.replace(each, framework=name) for each in read(same.get(name, name))
            ],
        )
        path = tmp_path / f"{count}.html"
        path.write_text(html.render(made.document()), encoding="utf-8")
        opened, ties = Opened(browser, path), 0
        for weights in vectors(10):
            expected = re.sub(
                r", with probability [\d.]+", "", sentence(asked(weights), made.CRITERIA)
            )
            said = seen(opened.page, weights)["answer"]
            assert said == expected.replace("equal weights", "these weights")
            ties += f" {has} as many points" in said
        assert ties > 0
        opened.check()
        opened.context.close()


def test_the_ranges_that_keep_the_winner_are_the_commands(opened: Opened) -> None:
    for weights in vectors(20):
        spans = asked(weights).spans.values()
        for text, span in zip(seen(opened.page, weights)["stays"], spans, strict=True):
            share, low, high = map(float, re.findall(r"([\d.]+)%", text))
            assert share == pytest.approx(span.share * 100, abs=0.051)
            assert (low, high) == pytest.approx((span.low * 100, span.high * 100), abs=0.51)


#: Known criteria of eight, and the known share as shown: halves of a percent round to even.
EIGHTHS = {"1": "12%", "3": "38%", "5": "62%", "7": "88%"}


def test_a_half_of_a_percent_is_rounded_as_the_command_does(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    criteria = list(made.CRITERIA.criteria.values())
    for count, shown in EIGHTHS.items():
        known = {each.id for one in criteria[: int(count)] for each in one.indicators}
        monkeypatch.setattr(made, "readings", lambda name, known=known: full(name, known))
        path = tmp_path / f"{count}.html"
        path.write_text(html.render(made.document()), encoding="utf-8")
        opened = Opened(browser, path)
        (first, *_), turned = told(asked([2.0] * 8)), seen(opened.page, [2.0] * 8)
        assert (first["known"], turned["order"][0]["known"]) == (shown, shown)
        assert (f"Only {shown} of what" in turned["answer"]) is (int(count) < 4)
        opened.context.close()


def full(framework: str, known: set[str]) -> list[Reading]:
    """Return a reading of each ``known`` indicator, and of no other."""
    return [
        Reading(framework=framework, indicator=each.id, value=each.low, mode="inprocess")
        for each in made.CRITERIA.indicators().values()
        if each.id in known
    ]


def test_other_methods_are_shown_for_the_initial_weights_only(
    opened: Opened,
) -> None:
    said, instead = opened.page.locator("[data-dissent]"), opened.page.locator("[data-unasked]")
    part = made.matrix()
    turns = {
        "slider": lambda: opened.page.locator("[data-slider]").first.fill("90"),
        "profile": lambda: opened.page.locator("[data-profile=platform]").click(),
        "constraint": lambda: opened.page.locator("[data-choice=cron]").select_option("require"),
    }
    opened.page.locator(".choices summary").click()
    for turn in turns.values():
        assert (said.first.is_visible(), instead.is_visible()) == (True, False)
        turn()
        assert (said.first.is_visible(), instead.is_visible()) == (False, True)
        assert instead.inner_text() == (
            "Other methods (TOPSIS) were computed for the initial weights only: "
            f"{part.answer.whose}."
        )
        opened.page.locator("[data-reset]").click()
    assert said.first.is_visible()


def test_a_slider_change_is_drawn_within_a_frame(opened: Opened) -> None:
    took = sorted(seen(opened.page, weights)["took"] for weights in vectors(20))
    assert took[len(took) // 2] < 16


def test_probabilities_follow_and_are_close_to_the_commands(opened: Opened) -> None:
    for weights in vectors(3):
        found = asked(weights)
        seen(opened.page, weights)
        first = opened.page.locator("[data-standings] tr:not([hidden]) [data-cell=chance]").first
        opened.page.wait_for_function(
            "() => /probability/.test(document.querySelector('[data-said]').textContent)"
        )
        expected = found.chances[found.standings[0].framework]
        assert float(first.inner_text()) == pytest.approx(expected, abs=0.03)
        said = opened.page.locator("[data-said]").inner_text()
        assert f"1. {found.standings[0].framework}" in said
        opened.page.evaluate("document.querySelector('[data-said]').textContent = ''")


def test_the_order_of_each_profile_is_the_commands(opened: Opened) -> None:
    for name, profile in made.PROFILES.profiles.items():
        button = opened.page.locator(f"[data-profile={name}]")
        button.click()
        weights = [profile.weights.get(key, 0.0) for key in made.CRITERIA.criteria]
        shown = seen(opened.page, [])
        found = asked(weights)
        assert without(shown["order"]) == told(found)
        assert f"For {profile.title}: {found.standings[0].framework}" in shown["answer"]
        assert shown["command"].endswith(f"--profile {name}")
        assert button.get_attribute("aria-pressed") == "true"
        assert opened.page.locator("[data-profile][aria-pressed=true]").count() == 1
        assert button.locator("[data-winner]").inner_text() == found.standings[0].framework


def test_the_initial_order_is_the_reports(opened: Opened) -> None:
    rows = opened.page.locator("[data-standings] tr:not([hidden]) th")
    part = made.matrix()
    assert rows.all_inner_texts() == [each.framework for each in part.answer.standings]
    assert opened.page.locator("[data-answer]").inner_text() == part.sentence
    opened.page.locator("[data-slider]").first.fill("90")
    opened.page.locator("[data-reset]").click()
    assert opened.page.locator("[data-answer]").inner_text() == part.sentence


@pytest.mark.parametrize(
    ("require", "exclude"),
    [
        (["cron"], []),
        ([], ["cron"]),
        (["mode=server"], ["approval"]),
        (["cron", "approval"], []),
        (["cron", "mode=server"], ["framework=alder", "approval"]),
    ],
)
def test_constraints_remove_the_same_frameworks_as_the_command(
    opened: Opened, require: list[str], exclude: list[str]
) -> None:
    opened.page.locator(".choices summary").click()
    for how, texts in (("require", require), ("exclude", exclude)):
        for text in texts:
            opened.page.locator(f"[data-choice='{text}']").select_option(how)
    weights = [float(n + 1) for n in range(8)]
    found, shown = asked(weights, require=require, exclude=exclude), seen(opened.page, weights)
    assert without(shown["order"]) == told(found)
    removed = {f"{each.framework} removed: {each.reason}" for each in found.removed}
    assert removed <= set(shown["aside"])
    assert len(shown["aside"]) == len(found.removed) + len(found.unranked)
    for how, texts in (("--require", require), ("--exclude", exclude)):
        for text in texts:
            assert f"{how} {text}" in shown["command"]


def test_weights_of_zero_have_no_answer(opened: Opened) -> None:
    shown = seen(opened.page, [0.0] * 8)
    assert shown["order"] == []
    assert shown["answer"] == "All weights are 0: give one above 0."


def test_a_seventh_framework_is_shown_everywhere_and_does_not_reorder_others(
    browser: Browser, tmp_path: Path
) -> None:
    trees = (*made.TREES, "fir", "gum", "zelkova")
    path = tmp_path / "report.html"
    path.write_text(html.render(made.document(trees)), encoding="utf-8")
    opened = Opened(browser, path)
    for weights in vectors(10):
        order = [row["framework"] for row in seen(opened.page, weights)["order"]]
        assert "zelkova" in order
        before = [each.framework for each in asked(weights).standings]
        assert [name for name in order if name in made.TREES] == before
    for part in ("selection", "overhead", "metg", "gantt", "waterfall", "probe-table", "native"):
        assert "zelkova" in opened.page.locator(f"#{part}").text_content()  # type: ignore[operator]
    opened.check()
    opened.context.close()


def test_the_probabilities_of_the_made_up_report_are_not_all_one() -> None:
    part = made.matrix()
    given = dict.fromkeys(made.CRITERIA.criteria, 1.0)
    ranked = [each for each in part.answer.scored if each.framework in made.TREES]
    chances = chance.of_first(ranked, given, made.PROFILES.uncertainty)
    assert max(chances.values()) < 0.9
