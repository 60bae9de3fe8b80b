"""Native Prefect: the facts behind some probes, found without the harness."""

from __future__ import annotations

import json
import os
import time
from itertools import pairwise
from pathlib import Path

os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "90"

from prefect import flow, task  # its settings come first
from prefect.task_runners import ProcessPoolTaskRunner

TRIES: list[float] = []
RAN_S = Path("ran_s")  # a file, because one task runs in another process


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
        with RAN_S.open("a") as file:
            print(time.monotonic() - began, file=file)


@flow
def tried() -> None:
    flaky.submit().result()


@flow
def too_long() -> None:
    sleeps.submit().wait()
    sleeps(return_state=True)


@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def too_long_in_a_process() -> None:
    sleeps.submit().wait()


@flow
def typed(number: int) -> int:
    return number


if __name__ == "__main__":
    tried()
    too_long()
    too_long_in_a_process()
    refused = typed("abc", return_state=True).is_failed()  # type: ignore[arg-type]
    gaps = [later - earlier for earlier, later in pairwise(TRIES)]
    ran_s = list(map(float, RAN_S.read_text().split()))
    print(json.dumps({"gaps_s": gaps, "ran_s": ran_s, "refused": refused}))
