"""Frameworks of the controls, and the noise of the host."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from harness import host
from harness.analysis.controls import noise as judged
from harness.commands import run_options
from harness.frameworks.catalog import choose, discover
from harness.home import Home
from harness.model import Spin
from harness.planning import controls
from tests.paths import ROOT


def test_plain_python_has_two_further_names_and_one_environment() -> None:
    catalog = controls.with_controls(discover(Home(ROOT)))
    for name in (controls.NULL, controls.UNRECORDED):
        assert catalog[name].name == name
        assert catalog[name].spec == "plain"
        assert catalog[name].lock == catalog["plain"].lock
        assert catalog[name].module("inprocess") == "adapters.plain.adapter"
        assert catalog[name].entry.control


def test_controls_are_not_chosen_unless_they_are_named() -> None:
    catalog = controls.with_controls(discover(Home(ROOT)))
    named = [each.name for each in run_options.chosen_of(catalog, [])]
    assert set(named) == set(catalog) - {"fake", "null", "unrecorded"}
    assert [each.name for each in run_options.chosen_of(catalog, ["fake"])] == ["fake"]
    assert {"fake", "null"} <= {each.name for each in choose(catalog, ["all"])}


def test_injected_costs_are_the_settings_of_the_fake() -> None:
    catalog = discover(Home(ROOT))
    settings = {each.name: each.value for each in catalog["fake"].entry.modes["inprocess"].settings}
    found = controls.injected(catalog)
    assert set(found) == {"FAKE_STEP_S", "FAKE_RUN_S", "FAKE_BYTE_S", "FAKE_LOSS"}
    assert found == {name: float(value) for name, value in settings.items()}
    assert all(value > 0 for value in found.values())


def test_the_same_work_is_timed_ten_times() -> None:
    spin = host.measure_noise()
    assert len(spin.wall_ns) == 10
    assert min(spin.wall_ns) > 0


def test_stolen_time_is_none_where_the_kernel_does_not_report_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read(text: str) -> float | None:
        monkeypatch.setattr(host, "Path", lambda _: SimpleNamespace(read_text=lambda: text))
        return host.measure_noise().stolen_s

    monkeypatch.setattr(host.os, "sysconf", lambda _: 100)
    assert read("cpu  1 2 3 4 5 6 7 250 9 10\ncpu0 …") == 2.5
    assert read("cpu  1 2 3") is None
    assert read("") is None


def test_noise_of_a_quiet_host_is_zero() -> None:
    found = judged([Spin([100] * 10, 0.1, 3.0), Spin([100] * 10, 0.1, 3.5)])
    assert found is not None
    assert (found.spread, found.drift, found.stolen_s, found.noisy) == (0, 0, 0.5, False)
    assert judged([]) is None


def test_noise_within_a_spin_and_between_spins_are_separate() -> None:
    slower = judged([Spin([100] * 10, None, None), Spin([130] * 10, None, None)])
    assert slower is not None
    assert slower.drift == pytest.approx(30 / 115)
    assert slower.noisy
    assert slower.stolen_s is None
    jumpy = judged([Spin([100, 200] * 5, None, None)] * 2)
    assert jumpy is not None
    assert (jumpy.spread, jumpy.drift, jumpy.noisy) == (pytest.approx(100 / 150), 0, True)


def test_one_outlier_in_twenty_is_not_noise() -> None:
    found = judged([Spin([100] * 39 + [900], None, None)])
    assert found is not None
    assert (found.spread, found.noisy) == (0, False)
