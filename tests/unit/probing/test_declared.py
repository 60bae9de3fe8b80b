"""probes.toml of all adapters: each probe answered, each refusal with its reason and link."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.frameworks.catalog import Framework, discover
from harness.home import Home
from harness.probes.registry import choose, every
from harness.probing import declared
from harness.probing.declared import Configured, Declared, Patience
from tests.paths import ROOT

CATALOG = discover(Home(ROOT))
OURS = [each for each in CATALOG.values() if not each.entry.control]


def exported(framework: Framework, module: str) -> set[str]:
    """Return the hooks that a module defines or imports, without importing it."""
    place = framework.folder / Path(*module.split("."))
    path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    names: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            targets = [each for target in node.targets for each in ast.walk(target)]
            assigned = {each.id for each in targets if isinstance(each, ast.Name)}
            names |= assigned
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("adapters."):
            names |= {each.asname or each.name for each in node.names}
    return names


@pytest.mark.parametrize("framework", OURS, ids=lambda each: each.name)
def test_every_probe_has_a_hook_or_a_reason_in_every_mode_that_has_hooks(
    framework: Framework,
) -> None:
    notes = declared.read(framework)
    assert notes.hooks, "no mode has hooks"
    for mode, module in notes.hooks.items():
        have = exported(framework, module)
        missing = [
            probe.name
            for probe in every().values()
            if declared.answer(notes, mode, probe) is None
            and not probe.common
            and probe.hook_name not in have
        ]
        assert missing == [], mode


@pytest.mark.parametrize("framework", OURS, ids=lambda each: each.name)
def test_every_refusal_has_a_reason_and_a_link(framework: Framework) -> None:
    for refusal in declared.read(framework).refused:
        assert len(refusal.reason.split()) >= 3, refusal
        assert refusal.link.startswith("https://"), refusal


def test_a_missing_probes_toml_is_read_as_empty(tmp_path: Path) -> None:
    framework = CATALOG["plain"]
    assert declared.read(Framework("other", tmp_path, framework.entry)) == Declared()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[hooks]\ninproces = 'probes'", "did you mean 'inprocess'"),
        ("[[refused]]\nprobes = ['retri']\nreason = 'x'", "did you mean 'retry'"),
        ("[[refused]]\nprobes = ['retry']\nreason = 'x'\nmodes = ['srver']", "mode 'srver'"),
        ("[[refused]]\nprobes = ['retry']", "reason"),
        ("[[patience]]\nprobes = ['retri']\nreason = 'x'\ntimeout_s = 9", "did you mean 'retry'"),
        ("[[patience]]\nprobes = ['retry']\ntimeout_s = 9", "reason"),
        ("[[refused]]\nprobes = ['retry']\nreason = 'x'\nverdict = 'works'", "verdict"),
        ("hooks = [", "probes.toml"),
    ],
)
def test_a_mistake_in_probes_toml_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / declared.FILE).write_text(text)
    with pytest.raises(UsageError, match=r"probes\.toml") as caught:
        declared.read(Framework("other", tmp_path, CATALOG["plain"].entry))
    assert words in str(caught.value)


def test_probes_are_chosen_by_name_and_group() -> None:
    assert [probe.name for probe in choose(["retry", "limits"])] == [
        "retry",
        "deepest_chain",
        "largest_fan_out",
        "largest_value",
    ]
    assert len(choose([])) == len(every())
    with pytest.raises(UsageError, match="retry"):
        choose(["retri"])


def test_patience_extends_a_timeout_and_never_shortens_it() -> None:
    longer = Patience(["retry"], 300.0, "x", ["server"])
    notes = Declared(patience=[longer, Patience(["retry", "branch"], 1.0, "x")])
    probes = every()
    assert declared.fitted(notes, "server", probes["retry"]).timeout_s == 300
    for mode, name in (("inprocess", "retry"), ("server", "branch")):
        assert declared.fitted(notes, mode, probes[name]) == probes[name]


def test_notes_on_settings_apply_to_their_modes_and_probes() -> None:
    note = Configured(["outside"], "it calls home", "https://example.invalid", ["server"])
    notes, probes = Declared(told=[note]), every()
    assert declared.fitted(notes, "server", probes["outside"]).told == (
        "it calls home; https://example.invalid"
    )
    for mode, name in (("inprocess", "outside"), ("server", "listening")):
        assert declared.fitted(notes, mode, probes[name]).told == ""
