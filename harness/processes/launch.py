"""Launch of a module in a framework's environment: one recipe for trials and for probes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from harness import wire
from harness.processes.child import Child, Ending, SupervisorError, clean_environment

Watched = TypeVar("Watched")


class Launch(msgspec.Struct, frozen=True):
    """Module to run as a supervised child, with its own folder and environment."""

    module: str  #: run as ``python -m module FOLDER``
    folder: Path
    venv: Path
    pythonpath: list[Path]
    variables: Mapping[str, str]  #: ``{folder}`` in a value is the scratch folder
    service_urls: Mapping[str, str]  #: URLs given by the user, by name of the service
    #: Drops a killed child's databases in the user's services; gets the notes' folder and the URLs.
    release: Callable[[Path, Mapping[str, str]], None]
    further: Mapping[str, str] = {}  #: variables without replacement in their values


class LaunchEnd(msgspec.Struct, frozen=True):
    """End of a launched child: its supervisor's report, or an error if it left none."""

    ending: Ending | None
    error: str = ""


def clear_folder(launch: Launch) -> None:
    """Empty the child's folder, and drop what an interrupted attempt left in services."""
    if launch.folder.exists():
        launch.release(launch.folder / wire.SERVICES, launch.service_urls)
        shutil.rmtree(launch.folder)
    for name in (wire.SCRATCH, wire.SERVICES):
        (launch.folder / name).mkdir(parents=True)


def run(launch: Launch, watch: Callable[[Child], Watched]) -> tuple[Watched, LaunchEnd]:
    """Start the child, let ``watch`` wait for its end, and leave no process of it behind.

    The request must already be in the folder. Return the result of ``watch`` and the child's end.
    """
    folder = launch.folder
    settings = {
        name: value.replace("{folder}", str(folder / wire.SCRATCH))
        for name, value in launch.variables.items()
    }
    settings.update({wire.URL_VARIABLES[name]: url for name, url in launch.service_urls.items()})
    settings.update(launch.further)
    env = clean_environment(launch.venv, folder, launch.pythonpath, settings)
    command = [str(launch.venv / "bin" / "python"), "-m", launch.module, str(folder)]
    try:
        with Child(command, folder, env) as child:
            watched = watch(child)
            try:
                return watched, LaunchEnd(child.ending())
            except SupervisorError as error:
                return watched, LaunchEnd(None, str(error))
    finally:
        launch.release(folder / wire.SERVICES, launch.service_urls)
