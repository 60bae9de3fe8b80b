"""Controls, by which a run checks the harness: plain Python under other names, and a fake."""

from __future__ import annotations

import msgspec

from harness.frameworks.catalog import BASELINE, Catalog, alias

#: Negative control (A/A): plain Python under a second name; any difference is noise.
NULL = "null"
#: Plain Python with recording off; the difference is the cost of recording.
UNRECORDED = "unrecorded"
#: Positive control: plain Python with known costs injected.
FAKE = "fake"


def with_controls(catalog: Catalog) -> Catalog:
    """Return the catalog with plain Python added under its two further names."""
    plain = catalog[BASELINE]
    plain = msgspec.structs.replace(plain, entry=msgspec.structs.replace(plain.entry, control=True))
    added = {name: alias(plain, name) for name in (NULL, UNRECORDED)}
    return Catalog({**catalog, **added}, catalog.broken)


def injected(catalog: Catalog) -> dict[str, float]:
    """Return the known costs of the fake, by the names of its settings."""
    mode = catalog[FAKE].entry.modes[catalog[FAKE].default_mode]
    return {each.name: float(each.value or 0) for each in mode.settings}
