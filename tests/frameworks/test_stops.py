"""Services of frameworks, stopped or killed: no process and no port of theirs is left.

``HARNESS_STOPS=25`` sets the number of stops in each mode; the default is 3.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from harness.frameworks import virtualenvs
from harness.frameworks.catalog import choose, discover
from harness.home import Home, import_folder
from harness.processes.child import Child, clean_environment

from ..conformance import machinery

pytestmark = [pytest.mark.framework, pytest.mark.thorough]

ROUNDS = int(os.environ.get("HARNESS_STOPS", "3"))

#: Starts the services of a mode, writes their addresses and ends; or first kills one of them.
_CODE = """
import importlib, json, os, pathlib, signal, sys, time
from adapters.contract import Context
from harness.worker.probing.sockets import listening
from harness.services import ServiceError, Services

here, module, mode, killed = pathlib.Path(sys.argv[1]), *sys.argv[2:4], int(sys.argv[4])
needs = sys.argv[5:]
adapter = importlib.import_module(module)
(here / "services").mkdir()
try:
    with Services(here / "services", here / "scratch", 2) as services:
        for name in needs:
            services.provide(name)
        ctx = Context(mode, 2, here / "scratch", "r", "", str(here), services)
        with adapter.service(ctx):
            addresses = sorted(set().union(*listening().values()))
            (here / "addresses.json").write_text(json.dumps(addresses))
            if killed >= 0:
                os.kill(sorted(services.pids)[killed % len(services.pids)], signal.SIGKILL)
                time.sleep(60)
except ServiceError as error:
    assert killed >= 0 and "SIGKILL" in str(error), error
else:
    assert killed < 0, "the death of a service was not noticed"
"""


#: All modes that start services of their own.
SERVING = [
    *[("airflow", mode) for mode in ("server", "server-postgres", "distributed")],
    *[("prefect", mode) for mode in ("server", "server-postgres", "server-worker", "distributed")],
    *[(name, "distributed") for name in ("mlrun", "plain")],
    ("beam", "server"),
    *[
        pytest.param("mlflow", mode, marks=pytest.mark.thorough)
        for mode in ("server", "server-postgres")
    ],
]


@pytest.mark.parametrize(("name", "mode"), SERVING)
def test_no_process_and_no_port_is_left_after_each_stop(
    home: Home, tmp_path: Path, name: str, mode: str
) -> None:
    (framework,) = choose(discover(home), [name])
    venv = virtualenvs.plan(home, framework)
    for number in range(ROUNDS):
        place = tmp_path / str(number)
        (place / "scratch").mkdir(parents=True)
        # In every second round a service is killed, each time another one.
        killed = number // 2 if number % 2 else -1
        settings = {
            key: value.replace("{folder}", str(place / "scratch"))
            for key, value in framework.mode(mode).variables.items()
        }
        paths = [import_folder(home, framework.folder)]
        env = clean_environment(venv.folder, place, paths, settings)
        asked = [str(place), framework.module(mode), mode, str(killed), *framework.mode(mode).needs]
        with Child([str(venv.python), "-c", _CODE, *asked], place, env) as child:
            assert child.wait(600)
            ending = child.ending()
        said = (place / "output.log").read_text()
        assert ending.returncode == 0, said
        listened = json.loads((place / "addresses.json").read_text())
        assert listened
        assert all(each.startswith("127.0.0.1:") for each in listened), listened
        assert ending.survivors == []
        assert all(machinery.is_free(int(each.rpartition(":")[2])) for each in listened)
        assert machinery.traces(place) == []
