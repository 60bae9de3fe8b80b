"""Model registry: a folder of versions ``v1/``, ``v2/``, … and ``latest``, which names one of them.

Each version holds ``model.skops``, ``encoder.json`` and the model's card as ``card.json`` and
``README.md``. The *digest* of model and encoder identifies a version: the same content is stored
once only. Versions and the pointer are written beside their target and renamed, so that readers
never see an incomplete one.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import sklearn

from workloads.ml import candidates
from workloads.ml.features import Encoder, names

MODEL, ENCODER, CARD, READABLE, LATEST = (
    "model.skops",
    "encoder.json",
    "card.json",
    "README.md",
    "latest",
)
_VERSION = re.compile(r"v([1-9]\d*)\Z")


class RegistryError(RuntimeError):
    """A registry cannot be used, or a stored model differs from the deployed one."""


def deploy(registry: Path, model: bytes, encoder: Encoder, card: dict[str, Any]) -> Path:
    """Store a model unless it is stored already, and point ``latest`` at it; return its folder.

    ``card`` describes the model; its digest, libraries and date are added. Raises
    :class:`RegistryError` if a stored version cannot be read.
    """
    registry.mkdir(parents=True, exist_ok=True)
    digest = digest_of(model, encoder)
    version = _find(registry, digest) or _add(registry, model, encoder, card, digest)
    _replace(registry / LATEST, f"{version.name}\n")
    return version


def load(version: Path) -> tuple[Any, Encoder]:
    """Load the model and encoder of a version. Raises :class:`RegistryError` if it is damaged."""
    try:
        model = (version / MODEL).read_bytes()
        encoder: Encoder = json.loads((version / ENCODER).read_bytes())
        expected = json.loads((version / CARD).read_bytes())["digest"]
    except (OSError, ValueError, KeyError) as error:
        raise RegistryError(
            f"{version} cannot be read ({error}); deploy the model again"
        ) from error
    if digest_of(model, encoder) != expected:
        raise RegistryError(
            f"{version} is damaged: the digest of its content differs from its card's; remove the "
            "folder and deploy the model again"
        )
    return candidates.load(model), encoder


def latest(registry: Path) -> Path:
    """Return the folder of the version deployed last; :class:`RegistryError` without one."""
    try:
        return registry / (registry / LATEST).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise RegistryError(f"{registry} has no deployed model ({error.strerror})") from error


def digest_of(model: bytes, encoder: Encoder) -> str:
    """Return the SHA-256 of the model's and the encoder's content, without paths or times."""
    whole = hashlib.sha256(hashlib.sha256(model).digest())
    whole.update(_json(encoder).encode())
    return whole.hexdigest()


def _find(registry: Path, digest: str) -> Path | None:
    for version in _versions(registry):
        try:
            if json.loads((version / CARD).read_bytes())["digest"] == digest:
                load(version)
                return version
        except (OSError, ValueError, KeyError) as error:
            raise RegistryError(f"{version} has no readable card ({error}); remove it") from error
    return None


def _versions(registry: Path) -> list[Path]:
    found = [entry for entry in registry.iterdir() if _VERSION.match(entry.name)]
    return sorted(found, key=lambda entry: int(entry.name[1:]))


def _add(registry: Path, model: bytes, encoder: Encoder, card: dict[str, Any], digest: str) -> Path:
    full = {
        **card,
        "digest": digest,
        "features": names(encoder),
        "deployed": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "libraries": {
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
            "skops": importlib.metadata.version("skops"),
        },
    }
    aside = Path(tempfile.mkdtemp(dir=registry, prefix=".part-"))
    try:
        (aside / MODEL).write_bytes(model)
        (aside / ENCODER).write_text(_json(encoder), encoding="utf-8")
        (aside / CARD).write_text(_json(full), encoding="utf-8")
        (aside / READABLE).write_text(_markdown(full), encoding="utf-8")
        aside.chmod(0o755)  # mkdtemp's folders are for their owner only
        return _claim(registry, aside)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _claim(registry: Path, aside: Path) -> Path:
    """Rename a finished folder to the next free version, safe against other deployments."""
    while True:
        taken = _versions(registry)
        number = int(taken[-1].name[1:]) + 1 if taken else 1
        target = registry / f"v{number}"
        try:
            return aside.rename(target)
        except OSError:
            if not target.exists():
                raise


def _replace(path: Path, text: str) -> None:
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(aside).chmod(0o644)  # mkstemp's files are for their owner only
    Path(aside).replace(path)


def _markdown(card: dict[str, Any]) -> str:
    metrics = "\n".join(f"| {name} | {value:.4f} |" for name, value in card["metrics"].items())
    settings = ", ".join(f"{name} = {value}" for name, value in card["settings"].items())
    target = card["target"]
    libraries = ", ".join(f"{name} {version}" for name, version in card["libraries"].items())
    return f"""# {card["family"]}

Predicts the probability that `{target["column"]}` is `{target["positive"]}` and not \
`{target["negative"]}`.

- Settings: {settings}
- Chosen as: {card["rule"]}
- Features: {len(card["features"])}, made by `{ENCODER}`
- Deployed: {card["deployed"]}
- Made with: {libraries}
- Digest: `{card["digest"]}`

| metric on test | value |
|---|---:|
{metrics}

It was trained on one period: watch its inputs and its performance, and train again when they
drift.
"""


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)
