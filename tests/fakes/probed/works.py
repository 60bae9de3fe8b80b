"""Hooks of a fake that works."""

import time
from pathlib import Path

from adapters.probing import UnsupportedError, perform

_WARM = []


def warm_up(mode):
    _WARM.append(mode)


def retry(probe):
    for attempt in range(probe.settings["retries"] + 1):
        try:
            return {"value": perform(probe.call("flaky"))}
        except ValueError:
            if attempt == probe.settings["retries"]:
                raise
            time.sleep(probe.settings["delay_s"])
    return {}


def durable(probe):
    """Store each result, so that a resumed run does not repeat finished steps."""
    value = 0
    for name in ("one", "two", "three", "four"):
        kept = Path(probe.folder, f"{name}.kept")
        if not kept.exists():
            aside = kept.with_suffix(".part")
            aside.write_text(str(perform(probe.call(name), previous=value)))
            aside.rename(kept)
        value = int(kept.read_text())
    return {"state": "success"}


def cancel(probe):
    raise UnsupportedError("there is nothing to cancel", "https://example.invalid/cancel")


def branch(probe):
    raise UnsupportedError(f"warmed up for {_WARM}", "https://example.invalid/warm")


loop = branch
