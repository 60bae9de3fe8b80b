"""Experiment profiles: read strictly, and refused with the key that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.planning import profile
from harness.planning.profile import LADDERS, ExperimentSpec, Profile
from harness.planning.workload import locate
from tests.unit.made_plan import build
from workloads.registered import REGISTERED

GOOD = """
title = "a title"
trials = 4

[experiments.chain]
estimates = "overhead"
about = "what a step costs"
workload = "chain"
"""


def read(folder: Path, text: str) -> Profile:
    path = folder / "mine.toml"
    path.write_text(text)
    return profile.read(path)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        read(folder, text)
    assert str(folder / "mine.toml") in str(caught.value)
    return str(caught.value)


def test_a_profile_is_read_with_its_defaults(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD) == Profile(
        title="a title",
        trials=4,
        repetitions=2,
        idle_s=0.0,
        experiments={"chain": ExperimentSpec("overhead", "what a step costs", "chain")},
    )


@pytest.mark.parametrize(
    ("was", "wrong", "message"),
    [
        ("trials = 4", "trails = 4", "unknown field `trails`; did you mean 'trials'?"),
        ("workload =", "workloads =", "`workloads` - at `$.experiments.chain`; did you mean"),
        ('about = "what', 'zzz = "what', "known: about, budget_s, estimates, experiments"),
        ('"overhead"', '"overheads"', "'overheads' - at `$.experiments.chain.estimates`; did"),
        ('"overhead"', '"zzz"', "known: efficiency, growth, latency, metg"),
        ("trials = 4", 'trials = "4"', "Expected `int`, got `str` - at `$.trials`"),
        ("trials = 4", "trials = true", "Expected `int`, got `bool` - at `$.trials`"),
        ('workload = "chain"', "", "missing required field `workload`"),
        ("trials = 4", "trials = ", "mine.toml: "),
        ("trials = 4", "trials = 0", "trials = 0: give a whole number of at least 1"),
        ("trials = 4", "trials = -3", "trials = -3: give a whole number of at least 1"),
        ("trials = 4", "repetitions = 0", "repetitions = 0: give a whole number of at least 1"),
        ("trials = 4", "idle_s = -1.0", "idle_s = -1.0: give seconds of at least 0"),
        ("trials = 4", "idle_s = nan", "idle_s = nan: give seconds of at least 0"),
        ("trials = 4", "idle_s = inf", "idle_s = inf: give seconds of at least 0"),
    ],
)
def test_a_wrong_key_is_named_with_a_correction(
    tmp_path: Path, was: str, wrong: str, message: str
) -> None:
    assert GOOD.count(was) == 1
    assert message in refusal(tmp_path, GOOD.replace(was, wrong))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("workers = [2, 0]", "experiments.chain.workers = 0: give at least 1"),
        ("repetitions = -1", "experiments.chain.repetitions = -1: give at least 1"),
        ("budget_s = 0.0", "experiments.chain.budget_s = 0.0: give seconds above 0"),
        ("budget_s = -5", "experiments.chain.budget_s = -5.0: give seconds above 0"),
        ("budget_s = inf", "experiments.chain.budget_s = inf: give seconds above 0"),
        ("budget_s = nan", "experiments.chain.budget_s = nan: give seconds above 0"),
        ("points = []", "experiments.chain.points is empty"),
        ("points = [3]", "at `$.experiments[...].points[0]`"),
    ],
)
def test_a_wrong_key_of_an_experiment_is_named(tmp_path: Path, line: str, message: str) -> None:
    assert message in refusal(tmp_path, f"{GOOD}{line}\n")


def test_weak_scaling_needs_work_for_each_number_of_workers(tmp_path: Path) -> None:
    weak = GOOD.replace("overhead", "weak") + "points = [{ width = 4 }, { width = 8 }]\n"
    assert "points: give one for each of workers = [1]" in refusal(tmp_path, f"{weak}workers = [1]")
    assert "points: give one for each of workers = []" in refusal(tmp_path, weak)
    assert read(tmp_path, f"{weak}workers = [1, 2]").experiments["chain"].workers == [1, 2]


def test_a_payload_needs_sizes(tmp_path: Path) -> None:
    payload = GOOD.replace("overhead", "payload")
    assert "points: each needs a size" in refusal(tmp_path, payload)
    assert "each needs a size" in refusal(tmp_path, f"{payload}points = [{{ size = 1 }}, {{}}]")
    assert read(tmp_path, f"{payload}parameters = {{ size = 3 }}\n").experiments


def test_sizes_that_do_not_ascend_are_refused(tmp_path: Path) -> None:
    text = GOOD.replace('"overhead"', '"payload"')
    message = refusal(tmp_path, f"{text}points = [{{size = 10}}, {{size = 5}}]\n")
    assert "experiments.chain.points: 5 comes after 10; give sizes from small to large" in message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("points = [{steps = 3}]", "points: leave them out"),
        ("", "name a body whose time can be swept: compute, spin, sleep"),
        ('parameters = {body = "empty"}', "name a body whose time can be swept"),
    ],
)
def test_a_sweep_needs_a_time_to_sweep_and_nothing_else(
    tmp_path: Path, line: str, message: str
) -> None:
    assert message in refusal(tmp_path, GOOD.replace('"overhead"', '"metg"') + line + "\n")


def test_names_of_controls_are_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, GOOD.replace("experiments.chain", "experiments.known-step"))
    assert "experiments.known-step: every run has an experiment of that name" in message


def test_a_profile_without_experiments_is_refused(tmp_path: Path) -> None:
    assert "add a table [experiments.NAME]" in refusal(tmp_path, 'title = "t"')


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"profile .*gone\.toml: .*No such file"):
        profile.find(str(tmp_path / "gone.toml"))


def test_a_profile_is_found_by_its_name_or_its_file(tmp_path: Path) -> None:
    assert profile.find("quick").title
    assert profile.find(str(Path(read(tmp_path, GOOD) and tmp_path) / "mine.toml")).trials == 4
    with pytest.raises(UsageError, match="no profile 'quik': did you mean 'quick'"):
        profile.find("quik")


def test_profiles_are_listed_by_size_without_the_controls() -> None:
    assert profile.names() == ["portability", "quick", "standard", "full"]


def test_some_experiments_may_be_selected(tmp_path: Path) -> None:
    quick = profile.find("quick")
    assert profile.select(quick, []) == quick
    chosen = profile.select(quick, ["metg", "churn"])
    assert list(chosen.experiments) == ["churn", "metg"], "in the profile's order"
    assert chosen.trials == quick.trials
    with pytest.raises(UsageError, match="no experiment 'metk': did you mean 'metg'"):
        profile.select(quick, ["metk"])


@pytest.mark.parametrize("name", ["quick", "standard", "full", "controls"])
def test_every_shipped_experiment_can_be_built(name: str) -> None:
    found = profile.control_profile() if name == "controls" else profile.find(name)
    for entry in found.experiments.values():
        assert entry.workload in REGISTERED
        small = [
            {**entry.parameters, **point}
            for point in entry.points
            if point.get("size", 0) < 1e6 and point.get("steps", 0) <= 1000
        ]
        if entry.workload != "churn":
            assert build(entry.workload, [{k: str(v) for k, v in each.items()} for each in small])


@pytest.mark.parametrize("name", ["quick", "standard", "full", "controls"])
def test_shipped_ladders_ascend_and_have_enough_points(name: str) -> None:
    found = profile.control_profile() if name == "controls" else profile.find(name)
    for label, entry in found.experiments.items():
        if entry.estimates in LADDERS:
            sizes = [next(iter(point.values())) for point in entry.points]
            assert sizes == sorted(set(sizes)), label
            assert len(sizes) >= 4, f"{label}: a slope needs four sizes"


def test_the_controls_cover_each_kind_of_cost() -> None:
    names = set(profile.control_profile().experiments)
    known = {"known-step", "known-run", "known-byte", "known-parallel", "known-metg"}
    assert names >= {"null", "recorder", *known}


def test_a_workload_of_a_profile_means_what_it_does_on_the_command_line(tmp_path: Path) -> None:
    from harness.home import Home

    with pytest.raises(UsageError, match="no workload 'chian': did you mean 'chain'"):
        locate(Home(tmp_path), "chian")
