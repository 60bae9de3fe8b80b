"""Beam's Spark and Flink job servers: a stand-in for java, not real ones."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from harness.home import Home

from ..conformance import machinery

pytestmark = pytest.mark.framework

#: A java that records its arguments, and starts Beam's own job service at the port that they name.
JAVA = """#!/bin/sh
echo "$@" >> {log}
for argument in "$@"; do
    case "$argument" in
        --job-port=*) port="${{argument#--job-port=}}" ;;
        --artifacts-dir=*) staging="${{argument#--artifacts-dir=}}" ;;
    esac
done
exec python -m apache_beam.runners.portability.local_job_service_main \\
    --port "$port" --staging_dir "$staging"
"""


def run(home: Home, mode: str, env: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Run a chain in a mode of Beam; return the output, and outcomes by framework."""
    done = machinery.harness(
        home, "run", "--framework", "beam", "--mode", mode, "--workload", "chain",
        "--param", "steps=3", "--trials", "1", "--repetitions", "1", "--json", timeout=300, env=env,
    )  # fmt: skip
    assert done.stdout, done.stderr
    view = json.loads(done.stdout)
    (experiment,) = [each for each in view["experiments"] if not each["ruler"]]
    return view, {row["framework"]: row["outcome"] for row in experiment["rows"]}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("mode", "variable", "engine"),
    [
        ("server-spark", "BEAM_SPARK_JOB_SERVER_JAR", "--spark-master-url=local[1]"),
        ("server-flink", "BEAM_FLINK_JOB_SERVER_JAR", "--flink-master=[local]"),
    ],
)
def test_a_job_servers_jar_is_started_and_pipelines_are_submitted_to_it(
    home: Home, tmp_path: Path, mode: str, variable: str, engine: str
) -> None:
    jar, log, java = tmp_path / "a.jar", tmp_path / "log", tmp_path / "bin" / "java"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "")
    java.parent.mkdir()
    java.write_text(JAVA.format(log=log))
    java.chmod(0o700)
    env = {variable: str(jar), "JAVA_HOME": str(tmp_path)}
    view, outcomes = run(home, mode, env)
    assert view["troubles"] == []
    assert outcomes == {"plain": "ok", "beam": "ok"}
    assert f"-jar {jar} {engine} --job-host=127.0.0.1" in log.read_text()
    assert machinery.traces(home.root) == []


def test_a_jar_that_is_missing_or_not_a_jar_is_one_clear_line(home: Home, tmp_path: Path) -> None:
    view, outcomes = run(home, "server-spark", {})
    assert outcomes == {"plain": "ok", "beam": "unsupported"}
    (trouble,) = view["troubles"]
    assert trouble["what"] == (
        "needs a jar of Beam's Spark job server, which no package contains: "
        "export BEAM_SPARK_JOB_SERVER_JAR=/absolute/path"
    )
    text = tmp_path / "text"
    text.write_text("no jar")
    view, outcomes = run(home, "server-spark", {"BEAM_SPARK_JOB_SERVER_JAR": str(text)})
    assert outcomes == {"plain": "ok", "beam": "failed"}
    assert f"BEAM_SPARK_JOB_SERVER_JAR={text} is not a jar" in view["troubles"][0]["what"]
