"""``harness probe``: run probes in frameworks and print the verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

import click

from harness.commands import json, progress
from harness.commands.progress import resolved
from harness.commands.run_options import with_interpreters
from harness.errors import HarnessError, UsageError
from harness.frameworks.catalog import BASELINE, Framework, choose, discover
from harness.home import Home
from harness.model import Run, Verdict
from harness.probes.model import Probe
from harness.probes.registry import GROUPS, every, groups
from harness.probes.registry import choose as choose_probes
from harness.probing import campaign
from harness.probing.plan import ProbePlan, probe_plan
from harness.report.tables import probes as probe_tables
from harness.report.terminal import console
from harness.results import store
from harness.setup import prepare


def listing(as_json: bool) -> None:
    """Print all probes by group: what each asks, and what an adapter's hook has to do."""
    if as_json:
        listed = [
            {
                "name": probe.name,
                "group": group,
                "asks": probe.asks,
                "hook": probe.hook,
                "function": None if probe.common else probe.hook_name,
                "bodies": sorted(probe.bodies),
                "settings": probe.settings,
            }
            for group, probes in groups().items()
            for probe in probes
        ]
        json.write(listed)
        return
    for group, probes in groups().items():
        click.echo(f"\n{GROUPS[group]} ({group})")
        for probe in probes:
            click.echo(f"\n  {probe.name}: {probe.asks}")
            click.echo(click.wrap_text(probe.hook, 78, "    hook: ", "    "))


def probe(
    names: Sequence[str],
    modes: Sequence[str],
    wanted: Sequence[str],
    into: str | None,
    service_urls: Mapping[str, str],
    as_json: bool,
) -> int:
    """Run probes and print their verdicts; return 1 if one was inconclusive, else 0.

    ``into`` names an existing run to which the probes are added; ``service_urls`` are URLs of the
    user's services, by name. Raise :class:`UsageError` for names that do not exist, or if no
    framework has the modes. Ctrl-C exits with 130; verdicts up to then are saved.
    """
    home = Home.here()
    catalog = discover(home)
    probes = choose_probes(list(wanted))
    named = [each for each in choose(catalog, list(names) or ["all"]) if not each.entry.control]
    named = with_interpreters(named, names, progress.TerminalDisplay().note)
    frameworks = resolved(home, named)
    questions = _questions(frameworks, modes, probes, service_urls)
    if not questions:
        raise UsageError(
            f"none of these frameworks has a mode {' or '.join(modes)}; see: harness list"
        )
    needed = {each.framework.name: each.framework for each in questions if each.trials}
    with progress.Setup(list(needed)) as shown:
        made = prepare.ready(home, list(needed.values()), shown.part)
    if into is None:
        name = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
        folder = store.new_run_folder(home, f"{name}-probes")
        run = campaign.begin(folder, made)
    else:
        folder = store.find_run(home, into)
        run = store.load(folder)
    with store.hold(folder):
        under_way = campaign.Campaign(home, folder, questions, made, run, service_urls)
        total = sum(len(each.probes) for one in questions for each in one.trials)
        try:
            with progress.Probes(total) as display:
                run = campaign.proceed(under_way, every(), display)
        except KeyboardInterrupt:
            click.echo(
                f"harness: interrupted; {len(under_way.run.probes)} verdicts are saved; to resume, "
                f"run the same command with --into {run.id}",
                err=True,
            )
            raise SystemExit(130) from None
    show(run, as_json)
    if not as_json:
        click.echo(f"for the evidence, run: harness report {run.id}")
    inconclusive = any(each.verdict == Verdict.INCONCLUSIVE for each in run.probes)
    return HarnessError.exit_code if inconclusive else 0


def show(run: Run, as_json: bool) -> None:
    """Print the verdicts of a run, as tables or as JSON."""
    if as_json:
        json.write({"run": run.id, "probes": run.probes})
        return
    console.show(*probe_tables.parts(run.probes, run.roles))


def _questions(
    frameworks: Sequence[Framework],
    modes: Sequence[str],
    probes: Sequence[Probe],
    service_urls: Mapping[str, str],
) -> list[ProbePlan]:
    """Return a plan for each framework and mode that ``modes`` select, plain Python's first.

    A name may also be a family of modes, or ``all``; without names it is each framework's first
    mode.
    """
    found = []
    for framework in frameworks:
        known = framework.entry.modes
        if not modes:
            chosen = [framework.default_mode]
        elif len(frameworks) == 1:
            chosen = [m for mode in modes for m in _family(framework, mode)]
        else:
            chosen = [m for m in known if "all" in modes or {m, m.partition("-")[0]} & {*modes}]
        found += [
            probe_plan(framework, mode, probes, service_urls) for mode in dict.fromkeys(chosen)
        ]
    return sorted(found, key=lambda each: each.framework.name != BASELINE)


def _family(framework: Framework, mode: str) -> list[str]:
    if mode == "all":
        return list(framework.entry.modes)
    same = [each for each in framework.entry.modes if mode in (each, each.partition("-")[0])]
    if not same:
        framework.mode(mode)  # raises UsageError with the nearest name
    return same
