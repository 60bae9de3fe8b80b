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
    """A module to run as a supervised child, in a folder and an environment of its own."""

    module: str  #: run as ``python -m module FOLDER``
    folder: Path
    venv: Path
    pythonpath: list[Path]
    variables: Mapping[str, str]  #: ``{folder}`` in a value is the scratch folder
    service_urls: Mapping[str, str]  #: of services of the user, by name
    #: Drops what a killed child left in services of the user; gets the notes' folder and the URLs.
    release: Callable[[Path, Mapping[str, str]], None]
    further: Mapping[str, str] = {}  #: variables that are taken literally


class LaunchEnd(msgspec.Struct, frozen=True):
    """End of a launched child: its supervisor's report, or why there is none."""

    ending: Ending | None
    error: str = ""


def clear_folder(launch: Launch) -> None:
    """Make the child's folder empty; an interrupted attempt's leftovers in services are dropped."""
    if launch.folder.exists():
        launch.release(launch.folder / wire.SERVICES, launch.service_urls)
        shutil.rmtree(launch.folder)
    for name in (wire.SCRATCH, wire.SERVICES):
        (launch.folder / name).mkdir(parents=True)


def run(launch: Launch, watch: Callable[[Child], Watched]) -> tuple[Watched, LaunchEnd]:
    """Start the child, have ``watch`` wait for its end, and leave no process of it behind.

    The request has to be in the folder. Returns the result of ``watch``, and how the child ended.
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
