"""What probes say of Prefect, found by hand: when a task was tried, and how long one ran."""

from __future__ import annotations

import json
import os
import time
from itertools import pairwise

os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "90"

from prefect import flow, task  # its settings come first

TRIES: list[float] = []
RAN_S: list[float] = []


@task(retries=3, retry_delay_seconds=1)
def flaky() -> None:
    TRIES.append(time.monotonic())
    if len(TRIES) < 3:
        raise ValueError(len(TRIES))


@task(timeout_seconds=1)
def sleeps() -> None:
    began = time.monotonic()
    try:
        time.sleep(5)
    finally:
        RAN_S.append(time.monotonic() - began)


@flow
def tried() -> None:
    flaky.submit().result()


@flow
def too_long() -> None:
    sleeps.submit().wait()
    sleeps(return_state=True)


@flow
def typed(number: int) -> int:
    return number


if __name__ == "__main__":
    tried()
    too_long()
    refused = typed("abc", return_state=True).is_failed()  # type: ignore[arg-type]
    gaps = [later - earlier for earlier, later in pairwise(TRIES)]
    print(json.dumps({"gaps_s": gaps, "ran_s": RAN_S, "refused": refused}))
