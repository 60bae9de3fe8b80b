"""Native flytekit: prints the number of tries of a task with three retries."""

import contextlib

from flytekit import task, workflow
from flytekit.exceptions.user import FlyteRecoverableException

TRIES = []


@task(retries=3)
def flaky() -> int:
    TRIES.append(1)
    if len(TRIES) < 3:
        raise FlyteRecoverableException("not yet")
    return len(TRIES)


@workflow
def pipeline() -> int:
    return flaky()


if __name__ == "__main__":
    with contextlib.suppress(FlyteRecoverableException):
        pipeline()
    print(len(TRIES))
