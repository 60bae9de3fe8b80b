"""Options of ``harness run``, checked and converted before anything is started."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from harness import host, wire
from harness.errors import EnvError, UsageError, unknown
from harness.frameworks import interpreters
from harness.frameworks.catalog import Catalog, Framework, choose
from harness.model import Timeouts
from harness.planning import profile
from harness.planning.plan import Settings

_DEFAULT_PROFILE = "standard"  # for --experiment without --profile


class RunOptions(msgspec.Struct, frozen=True):
    """The options of ``harness run``, as typed."""

    frameworks: Sequence[str]
    profile: str | None
    experiments: Sequence[str]
    workload: str | None
    parameters: Sequence[str]
    requirements: str | None
    mode: str | None
    workers: int | None
    trials: int | None
    repetitions: int | None
    seed: int
    timeouts: Sequence[str]
    service_urls: Mapping[str, str]  #: of the user's services, by name; others are started
    artifacts: str | None  #: URL below which to store artifacts; None for the run's folder
    keep: bool
    dry_run: bool
    as_json: bool


def asked_profile(options: RunOptions) -> profile.Profile:
    """Return the profile that the options name, or a profile of one experiment with the workload.

    Raise :class:`UsageError` for names that do not exist, and for options that exclude each other.
    """
    if options.profile or options.experiments:
        if options.workload or options.parameters:
            raise UsageError(
                "--profile and --experiment bring workloads of their own; "
                "leave out --workload and --param, or write a profile of yours and pass its path "
                "to --profile"
            )
        found = profile.find(_profile_of(options))
        return profile.select(found, list(options.experiments))
    entry = profile.ExperimentSpec(
        estimates="workload",
        about="the workload as it was given",
        workload=options.workload or "churn",
        parameters=dict(key_values(options.parameters)),
    )
    return profile.Profile(title="one workload", experiments={entry.workload: entry})


def _profile_of(options: RunOptions) -> str:
    """Return the name of --profile, or of a profile called like an experiment, or standard."""
    own = [name for name in options.experiments if name in profile.names()]
    return options.profile or next(iter(own), _DEFAULT_PROFILE)


def chosen_of(catalog: Catalog, names: Sequence[str]) -> list[Framework]:
    """Return the named frameworks; without names all but the self-check's controls."""
    chosen = choose(catalog, list(names) or ["all"])
    return [each for each in chosen if not each.entry.control or each.name in names]


def with_interpreters(
    frameworks: Sequence[Framework], names: Sequence[str], on_left_out: Callable[[str], None]
) -> list[Framework]:
    """Return the frameworks for which this machine has an interpreter.

    ``on_left_out`` is called with a line for each other one. Raise :class:`EnvError` instead if
    the user has given ``names``.
    """
    found = []
    for each in frameworks:
        try:
            interpreters.choose(each.interpreters, each.spec)
        except EnvError as error:
            if names:
                raise
            on_left_out(f"{each.name} is left out: {error}")
        else:
            found.append(each)
    return found


def check_mode(catalog: Catalog, mode: str | None) -> None:
    """Raise :class:`UsageError` for a mode that no framework has."""
    modes = dict.fromkeys(mode for each in catalog.values() for mode in each.entry.modes)
    if mode is not None and mode not in modes:
        raise unknown("mode", mode, modes)


def settings_of(options: RunOptions, asked: profile.Profile) -> Settings:
    """Return the settings of the whole run: the options, and the profile's for those not given."""
    return Settings(
        profile=_profile_of(options) if options.profile or options.experiments else "",
        mode=options.mode,
        workers=host.cores() if options.workers is None else options.workers,
        trials=asked.trials if options.trials is None else options.trials,
        repetitions=asked.repetitions if options.repetitions is None else options.repetitions,
        idle_s=asked.idle_s,
        seed=options.seed,
        timeouts=parse_timeouts(options.timeouts),
    )


def key_values(texts: Sequence[str]) -> dict[str, str]:
    """Return ``k=v`` texts as a dict; raise :class:`UsageError` for one without ``=``."""
    pairs = {}
    for text in texts:
        key, separator, value = text.partition("=")
        if not separator or not key:
            raise UsageError(f"--param {text!r}: write name=value")
        pairs[key.strip()] = value
    return pairs


def parse_timeouts(texts: Sequence[str]) -> Timeouts:
    """Return the limits of ``S`` or ``phase=S`` texts, in seconds, and defaults for the rest.

    Raise :class:`UsageError` for an unknown phase and for a number that is not a positive, finite
    number of seconds.
    """
    limits: dict[str, float] = {}
    for text in texts:
        phase, _, seconds = text.rpartition("=")
        phase = phase or "execute"
        if phase not in (*wire.TRIAL_PHASES, *wire.REPETITION_PHASES):
            raise unknown("phase", phase, [*wire.TRIAL_PHASES, *wire.REPETITION_PHASES])
        try:
            limits[phase] = float(seconds)
        except ValueError:
            raise UsageError(f"--timeout {text!r}: write seconds or phase=seconds") from None
        if not 0 < limits[phase] < float("inf"):
            raise UsageError(f"--timeout {text!r}: give a finite number of seconds above 0")
    return msgspec.convert(limits, Timeouts)
