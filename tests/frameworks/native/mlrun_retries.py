"""Native MLRun: prints the number of tries of a handler with three retries."""

import mlrun
from mlrun.model import Retry

TRIES = []


def flaky(context: mlrun.MLClientCtx) -> None:
    TRIES.append(1)
    if len(TRIES) < 3:
        raise ValueError("not yet")


if __name__ == "__main__":
    job = mlrun.new_function("by-hand", kind="job", image="mlrun/mlrun")
    job.run(handler=flaky, local=True, retry=Retry(count=3, backoff={"base_delay": "1s"}))
    print(len(TRIES))
