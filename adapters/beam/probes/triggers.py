"""Hook about starts of steps by new data."""

# Annotations are not deferred: Beam reads the hints of functions.
import threading
import time
from pathlib import Path

import apache_beam as beam
from apache_beam.io.fileio import MatchContinuously
from apache_beam.io.filesystem import FileMetadata
from apache_beam.utils.timestamp import Timestamp

from adapters.beam.probes.pipelines import body, finished, pipeline_of
from adapters.probing import ProbeContext, Value

_INTERVAL_S = 1.0
_READY, _EVENT, _POLLED = "ready", "event", "polled"


def event_trigger(probe: ProbeContext) -> dict[str, Value]:
    """Match the files of a folder continuously: each new file is an element of the pipeline.

    Without deduplication, because this runner does not keep the interval between polls of the
    transform that does it. A first file shows that the pipeline polls.
    """
    inbox = probe.folder / "inbox"
    inbox.mkdir()
    (inbox / _READY).touch()
    pipeline, now = pipeline_of(probe), Timestamp.now()
    files = pipeline | MatchContinuously(
        str(inbox / "*"),
        interval=_INTERVAL_S,
        has_deduplication=False,
        start_timestamp=now,
        stop_timestamp=now + probe.settings["patience_s"],
    )
    polled = probe.folder / _POLLED
    (
        files
        | "ready files" >> beam.Filter(_named, _READY)
        | "polled" >> beam.Map(_touch, str(polled))
    )
    tick = beam.Map(body, probe.call("tick"))
    files | "events" >> beam.Filter(_named, _EVENT) | "tick" >> tick
    threading.Thread(target=finished, args=(pipeline,), daemon=True).start()
    while not polled.exists():
        time.sleep(_INTERVAL_S)
    probe.mark("sent")
    (inbox / _EVENT).touch()
    probe.wait_for("tick", probe.settings["patience_s"])
    return {}


def _named(file: FileMetadata, name: str) -> bool:
    return Path(file.path).name == name


def _touch(_: FileMetadata, place: str) -> None:
    Path(place).touch()
