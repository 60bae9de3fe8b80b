"""The frameworks that only prove the ruler straight: plain Python under other names, and a fake."""

from __future__ import annotations

import msgspec

from harness.frameworks.catalog import BASELINE, Catalog, alias

#: Plain Python under a second name: whatever differs between the two is noise.
NULL = "null"
#: Plain Python with recording off: what it takes less is what recording costs.
UNRECORDED = "unrecorded"
#: Plain Python with costs that were added on purpose.
FAKE = "fake"


def with_controls(catalog: Catalog) -> Catalog:
    """The catalog with plain Python's two further names in it."""
    plain = catalog[BASELINE]
    plain = msgspec.structs.replace(plain, entry=msgspec.structs.replace(plain.entry, control=True))
    added = {name: alias(plain, name) for name in (NULL, UNRECORDED)}
    return Catalog({**catalog, **added}, catalog.broken)


def injected(catalog: Catalog) -> dict[str, float]:
    """What the fake is made to cost, by the names of its settings."""
    mode = catalog[FAKE].entry.modes[catalog[FAKE].default_mode]
    return {each.name: float(each.value or 0) for each in mode.settings}
