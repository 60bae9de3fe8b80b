"""Pages of the TOML files that a user writes: every key with its type, default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import tomllib

from docs.generate.fields import Struct, keys_table, struct_of
from docs.generate.markdown import code, page, prose, table
from harness.facts import facts_file
from harness.frameworks import adapter_file
from harness.planning import profile
from harness.probing import declared

MEANINGS: Mapping[str, Any] = tomllib.loads(
    (Path(__file__).parent / "meanings.toml").read_text(encoding="utf-8")
)


def adapter_toml() -> str:
    """Return the page of ``adapter.toml``."""
    top = struct_of(adapter_file, "title", "package", "modes")
    mode = struct_of(adapter_file, "durable", "parallel", "isolation")
    setting = struct_of(adapter_file, "name", "reason", "value")
    left_out = struct_of(adapter_file, "mode", "evidence")
    links = {
        mode: "[`[modes.NAME]`](#modesname)",
        left_out: "[`[[left_out]]`](#left_out)",
        setting: "[`[[modes.NAME.settings]]`](#modesnamesettings)",
    }
    return page(
        "adapter.toml",
        "harness/frameworks/adapter_file.py",
        _intro("adapter"),
        "## Top level",
        _table(top, "adapter.top", links),
        "## [modes.NAME]",
        f"`NAME` is one of {_listed(adapter_file.MODES)}, or one of them with a suffix that tells "
        "two modes of a kind apart, such as `server-postgres`. The first mode is the default.",
        _table(mode, "adapter.mode", links),
        "### like",
        prose(MEANINGS["adapter"]["like"]),
        "## [[modes.NAME.settings]]",
        _table(setting, "adapter.setting", links),
        "## [[left_out]]",
        _table(left_out, "adapter.left_out", links),
    )


def probes_toml() -> str:
    """Return the page of ``probes.toml``."""
    top = struct_of(declared, "hooks", "roles", "refused")
    parts = [_intro("probes"), "## Top level"]
    inner = {
        "refused": struct_of(declared, "probes", "verdict"),
        "patience": struct_of(declared, "probes", "timeout_s"),
        "told": next(
            each.type.__args__[0]
            for each in _fields(top)
            if each.encode_name not in ("hooks", "roles", "refused", "patience")
        ),
    }
    names = {struct: _name_of(top, struct) for struct in inner.values()}
    links = {s: f"[`[[{name}]]`](#{name})" for s, name in names.items()}
    parts.append(_table(top, "probes.top", links))
    for role, struct in inner.items():
        parts += [f"## [[{names[struct]}]]", _table(struct, f"probes.{role}", links)]
    return page("probes.toml", "harness/probing/declared.py", *parts)


def facts_toml() -> str:
    """Return the page of ``facts.toml``."""
    top = struct_of(facts_file, "stars", "integrations")
    fact = struct_of(facts_file, "read", "value", "source")
    packages = struct_of(facts_file, "aws", "kubernetes")
    links = {
        fact: "[`[FACT]`](#fact)",
        packages: "[`[integrations]`](#integrations)",
    }
    return page(
        "facts.toml",
        "harness/facts/facts_file.py",
        _intro("facts"),
        "## Top level",
        _table(top, "facts.top", links),
        "## [FACT]",
        _table(fact, "facts.fact", links),
        "## [integrations]",
        _table(packages, "facts.integrations", links),
    )


def profile_toml() -> str:
    """Return the page of a profile of experiments."""
    top = struct_of(profile, "title", "trials", "experiments")
    experiment = struct_of(profile, "estimates", "workload", "points")
    links = {experiment: "[`[experiments.NAME]`](#experimentsname)"}
    estimates = MEANINGS["estimates"]
    kinds = next(f.type.__args__ for f in _fields(experiment) if f.encode_name == "estimates")
    return page(
        "Profile files",
        "harness/planning/profile.py",
        _intro("profile"),
        "## Top level",
        _table(top, "profile.top", links),
        "## [experiments.NAME]",
        _table(experiment, "profile.experiment", links),
        "## Estimates",
        table(("estimates", "meaning"), [(code(k), prose(estimates[k])) for k in kinds]),
    )


def _fields(struct: Struct) -> tuple[Any, ...]:
    return msgspec.structs.fields(struct)


def _name_of(top: Struct, inner: Struct) -> str:
    """Return the key of ``top`` whose values are of the struct ``inner``."""
    return str(
        next(f.encode_name for f in _fields(top) if inner in getattr(f.type, "__args__", ()))
    )


def _intro(name: str) -> str:
    return prose(MEANINGS[name]["intro"])


def _table(struct: Struct, where: str, links: Mapping[Struct, str]) -> str:
    meanings: Any = MEANINGS
    for part in where.split("."):
        meanings = meanings.get(part, {})
    return keys_table(struct, meanings, lambda each: links.get(each, "table"))


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(code, names))
