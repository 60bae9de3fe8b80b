"""Native kfp.local: prints what a deadline does, and what a cache key does to the inputs."""

import json
import tempfile

from kfp import dsl, local


@dsl.component(base_image="python", install_kfp_package=False)
def sleep(seconds: float) -> float:
    import time

    time.sleep(seconds)
    return seconds


@dsl.component(base_image="python", install_kfp_package=False)
def square(value: int) -> int:
    return value * value


@dsl.pipeline(pipeline_config=dsl.PipelineConfig(active_deadline_seconds=1))
def too_long() -> float:
    return sleep(seconds=3.0).output


@dsl.pipeline
def keyed(value: int) -> int:
    return square(value=value).set_caching_options(True, cache_key="one").output


if __name__ == "__main__":
    place = tempfile.mkdtemp()
    local.init(local.SubprocessRunner(use_venv=False), pipeline_root=place, enable_caching=True)
    slept = too_long().output
    squares = [keyed(value=2).output, keyed(value=3).output]
    print(json.dumps({"slept_s": slept, "squares": squares}))
