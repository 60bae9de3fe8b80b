"""Exported project: the framework's files, the code of the steps, pinned packages, a README."""

from __future__ import annotations

import shutil
from pathlib import Path

import black
import jinja2

from harness.errors import UsageError
from harness.export.python_source import code_of
from harness.frameworks import locks
from harness.frameworks.catalog import Framework
from harness.home import package_folder
from harness.planning.workload import WorkloadSource
from workloads.dag import Workload

_TEMPLATES = "export"
_SUFFIX = ".jinja"
_REQUIREMENTS = "requirements.txt"
# A file of its own: pip wants a hash of every package if one has a hash.
_EXTRA = "requirements-workload.txt"
_WIDTH = 100
_IGNORED = shutil.ignore_patterns("__pycache__", "*.in")


def write(
    framework: Framework,
    workload: Workload,
    source: WorkloadSource,
    folder: Path,
    extra: Path | None = None,
) -> list[Path]:
    """Write the project into ``folder``; return the files made from the framework's templates.

    ``extra`` is the file with further packages that the workload needs (``--requirements``).

    Raises :class:`UsageError` if the adapter has no templates, or if ``folder`` exists and is not
    an empty folder.
    """
    templates = framework.folder / _TEMPLATES
    if not templates.is_dir():
        raise UsageError(
            f"{framework.name} cannot be exported to: its adapter has no templates in {templates}"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} already exists and is not empty; choose a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(framework.lock, folder / _REQUIREMENTS)
    shutil.copytree(package_folder("workloads"), folder / "workloads", ignore=_IGNORED)
    options = locks.install_options(framework.lock.read_text())
    install = " ".join(["pip install", *options, "-r", _REQUIREMENTS])
    if extra is not None:
        shutil.copy(extra, folder / _EXTRA)
        install += f" && pip install -r {_EXTRA}"
    if source.root is not None:
        _copy_module(source, folder)
    written = []
    for name, text in rendered(framework, workload, install).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def rendered(
    framework: Framework, workload: Workload, install: str = f"pip install -r {_REQUIREMENTS}"
) -> dict[str, str]:
    """Return the texts of the project's own files by their paths; Python files are formatted.

    ``install`` is the command by which the README has the packages installed.
    """
    templates = framework.folder / _TEMPLATES
    # Not escaped: the output is Python, and every value in it is a literal.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([templates, package_folder("harness") / _TEMPLATES]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["python"] = repr
    values = {"workload": code_of(workload), "framework": framework.entry.title, "install": install}
    made = {}
    for name in environment.list_templates(extensions=[_SUFFIX.removeprefix(".")]):
        text = environment.get_template(name).render(values)
        path = name.removesuffix(_SUFFIX)
        made[path] = _formatted(text) if path.endswith(".py") else text
    return made


def _copy_module(source: WorkloadSource, folder: Path) -> None:
    """Copy the user's own module or package, which defines the steps."""
    assert source.root is not None
    top = source.builder.partition(":")[0].split(".")[0]
    package, module = source.root / top, source.root / f"{top}.py"
    if package.is_dir():
        shutil.copytree(package, folder / top, ignore=_IGNORED)
    else:
        shutil.copy(module, folder / module.name)


def _formatted(python: str) -> str:
    return black.format_str(python, mode=black.Mode(line_length=_WIDTH))
