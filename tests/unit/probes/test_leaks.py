"""Judge of secrets: files and answers that must not contain them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from harness.model import Verdict
from harness.probes.registry import every
from harness.services import notes

from .observed import observation, ran, seen

OK, PARTLY, UNTOLD = Verdict.WORKS, Verdict.PARTLY, Verdict.INCONCLUSIVE


def test_a_secret_is_searched_for_in_every_file(tmp_path: Path) -> None:
    judge, secret = every()["secrets"].judge, every()["secrets"].settings["secret"]
    run = seen(ran("use"), {"digest": hashlib.sha256(secret.encode()).hexdigest()})
    (tmp_path / "request.json").write_text(secret)
    assert judge(observation("secrets", run, folder=tmp_path)).verdict is OK
    (tmp_path / "database").write_bytes(b"\0" * (1 << 20) + secret.encode())
    found = judge(observation("secrets", run, folder=tmp_path))
    assert found.verdict is PARTLY
    assert "database" in found.said
    shown = seen(ran("use"), {**run.answer, "pages": {"/variables": f'"{secret}"'}})
    (tmp_path / "database").unlink()
    assert "/variables" in judge(observation("secrets", shown, folder=tmp_path)).said
    other = seen(ran("use"), {"digest": "0"})
    assert judge(observation("secrets", other, folder=tmp_path)).verdict is UNTOLD


def test_a_database_elsewhere_is_inconclusive(tmp_path: Path) -> None:
    judge, secret = every()["secrets"].judge, every()["secrets"].settings["secret"]
    run = seen(ran("use"), {"digest": hashlib.sha256(secret.encode()).hexdigest()})
    (tmp_path / "services").mkdir()
    notes.note(tmp_path / "services", {"service": "postgres", "ready_s": 0.5})
    assert judge(observation("secrets", run, folder=tmp_path)).verdict is UNTOLD
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("15")
    assert judge(observation("secrets", run, folder=tmp_path)).verdict is OK
