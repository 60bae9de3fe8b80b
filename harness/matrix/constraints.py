"""Constraints: properties that a framework must or must not have, whatever its score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from harness.errors import UsageError, unknown
from harness.matrix.model import Frozen, Removed
from harness.matrix.sources import OPEN, Facts, ProbeReading

WORKS = "works"


class Constraint(Frozen, frozen=True):
    """A property that can be required or excluded, with the frameworks that lack it."""

    text: str  #: as :func:`removed` takes it
    lacks: dict[str, str]  #: by framework, why it lacks the property; all others have it


class Attributes(Frozen, frozen=True):
    """Properties of frameworks: attributes by framework and key, and verdicts of probes."""

    attributes: dict[str, dict[str, tuple[str, ...]]]
    verdicts: tuple[ProbeReading, ...]
    probes: tuple[str, ...]  #: the names of all probes, also without a verdict

    def named(self) -> list[str]:
        """Return all attributes that any framework has."""
        return list(dict.fromkeys(key for each in self.attributes.values() for key in each))

    def values(self, name: str) -> list[str]:
        """Return in order each value that some framework has for the attribute ``name``."""
        return sorted({each for own in self.attributes.values() for each in own.get(name, ())})


def known(
    frameworks: Mapping[str, Mapping[str, Iterable[str]]],
    facts: Facts,
    verdicts: Sequence[ProbeReading],
    probes: Iterable[str],
) -> Attributes:
    """Collect the given attributes, such as modes, every known fact, and the verdicts of probes."""
    attributes: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, own_values in frameworks.items():
        own: dict[str, tuple[str, ...]] = {
            fact.name: (str(fact.value),)
            for called in own_values.get("framework", (name,))
            for fact in facts.get(called, ())
            if fact.value is not None
        }
        own.update({key: tuple(values) for key, values in own_values.items()})
        attributes[name] = own
    named = dict.fromkeys([*probes, *(each.probe for each in verdicts)])
    return Attributes(attributes, tuple(verdicts), tuple(named))


def removed(known: Attributes, require: Sequence[str], exclude: Sequence[str]) -> list[Removed]:
    """Return the frameworks that lack a required property or have an excluded one, with reasons.

    ``cron`` is a probe, which has to work in some mode; ``mode=server`` is an attribute that has
    this value or one that begins with this word (``server-postgres``). An unknown property counts
    as absent: a requirement needs evidence, and so does an exclusion. Raise :class:`UsageError`
    with the nearest name for a name that does not exist.
    """
    for text in (*require, *exclude):
        _check(known, text)
    found = []
    for framework in sorted(known.attributes):
        reasons = [
            f"--require {text}: {why}"
            for text in require
            if (why := _lacks(known, framework, text))
        ]
        reasons += [f"--exclude {text}" for text in exclude if not _lacks(known, framework, text)]
        if reasons:
            found.append(Removed(framework, "; ".join(reasons)))
    return found


def choices(
    known: Attributes, keys: Iterable[str] = ("mode", "framework", "licence")
) -> list[Constraint]:
    """Return the constraints to offer: probes with a verdict, and each value of ``keys``."""
    probed = {each.probe for each in known.verdicts}
    texts = [probe for probe in known.probes if probe in probed]
    for key in keys:
        values = {each for own in known.attributes.values() for each in own.get(key, ())}
        texts += [f"{key}={value}" for value in sorted(values)]
    return [
        Constraint(
            text, {name: why for name in known.attributes if (why := _lacks(known, name, text))}
        )
        for text in texts
    ]


def _check(known: Attributes, text: str) -> None:
    key, separator, value = text.partition("=")
    if not separator:
        if key not in known.probes:
            owners = [name for name in known.named() if key in known.values(name)]
            if owners:
                raise UsageError(f"no probe {key!r}: did you mean '{owners[0]}={key}'?")
            pairs = [f"{name}=…" for name in known.named()]
            raise unknown("probe to require or exclude", key, [*known.probes, *pairs])
        return
    if key not in known.named():
        raise unknown("attribute", key, known.named())
    if not value:
        raise UsageError(f"{text!r}: write {key}=VALUE")
    values = sorted(known.values(key))
    if not any(_matches(value, each) for each in values):
        raise unknown(f"{key} of any framework", value, values)


def _lacks(known: Attributes, framework: str, text: str) -> str:
    """Return why the framework lacks a property; empty if it has it."""
    key, separator, value = text.partition("=")
    if not separator:
        return _fails(known, framework, key)
    own = known.attributes[framework].get(key, ())
    if any(_matches(value, each) for each in own):
        return ""
    return f"it has {', '.join(own)}" if own else f"its {key} is not known"


def _fails(known: Attributes, framework: str, probe: str) -> str:
    names = known.attributes[framework].get("framework", (framework,))
    found = [each for each in known.verdicts if each.probe == probe and each.framework in names]
    if any(each.verdict == WORKS for each in found):
        return ""
    if not found:
        return "not probed here"
    said = [f"{each.verdict} in {each.mode}" if each.mode else each.verdict for each in found]
    open_ = all(each.verdict in OPEN for each in found)
    return ("not verified here: " if open_ else "") + ", ".join(dict.fromkeys(said))


def _matches(asked: str, there: str) -> bool:
    asked, there = asked.casefold(), there.casefold()
    return there.startswith(asked) and not there[len(asked) :][:1].isalnum()
