"""Native kfp.local: prints whether independent steps run in another order in another process."""

import subprocess
import sys
import tempfile

from kfp import dsl, local

PROCESSES = 3
STEPS = "abcde"  # 120 orders, of which three processes do not find one three times


@dsl.component(base_image="python", install_kfp_package=False)
def say(word: str) -> None:
    print(f"ran {word}")


@dsl.pipeline
def pipeline() -> None:
    for word in STEPS:
        say(word=word)


def order() -> str:
    """Run the pipeline in a process of its own; return the words in the order of their steps."""
    done = subprocess.run(
        [sys.executable, __file__, "once"], capture_output=True, text=True, check=True
    )
    said = [line.strip() for line in done.stdout.splitlines()]
    return "".join(line[-1] for line in said if line.startswith("ran "))


if __name__ == "__main__":
    if sys.argv[1:]:
        local.init(local.SubprocessRunner(use_venv=False), pipeline_root=tempfile.mkdtemp())
        pipeline()
    else:
        found = [order() for _ in range(PROCESSES)]
        assert all(sorted(each) == list(STEPS) for each in found), found
        print(len(set(found)) > 1)
