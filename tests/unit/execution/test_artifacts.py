"""Roots of artifacts as the user gives them: checked, and free of secrets."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import EnvError, UsageError
from harness.execution import artifacts
from harness.home import Home

VENV = Path(sys.prefix)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/", "s3://bucket"),
        ("s3://bucket/some/prefix/", "s3://bucket/some/prefix"),
        ("file:///shared/folder", "file:///shared/folder"),
        ("sftp://me@host/folder", "sftp://me@host/folder"),
    ],
)
def test_a_root_is_taken_as_it_is(text: str, root: str) -> None:
    assert artifacts.root_of(text) == root


@pytest.mark.parametrize(
    "text", ["bucket", "/shared/folder", "s3:bucket", "s3://", "s3:///x", "file://x/y", "s3://[x"]
)
def test_a_text_that_is_not_a_root_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"--artifacts.* write s3://bucket/prefix"):
        artifacts.root_of(text)


SECRET = st.text("abcdefgh0123456789+", min_size=12, max_size=20)


@given(SECRET, st.sampled_from(["s3://key:{}@bucket/x", "s3://bucket/x?secret={}", "s3://b#{}"]))
def test_a_secret_in_a_root_is_refused_and_not_repeated(secret: str, form: str) -> None:
    with pytest.raises(UsageError, match="AWS_SECRET_ACCESS_KEY") as caught:
        artifacts.root_of(form.format(secret))
    assert secret not in str(caught.value)


def test_credentials_are_variables_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://here")
    monkeypatch.setenv("OTHER_SECRET", "x")
    found = artifacts.credentials()
    assert found["AWS_ENDPOINT_URL"] == "http://here"
    assert found["AWS_SHARED_CREDENTIALS_FILE"] == str(tmp_path / ".aws" / "credentials")
    assert not {"OTHER_SECRET", "AWS_CONFIG_FILE", "HOME"} & set(found)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/else")
    assert artifacts.credentials()["AWS_SHARED_CREDENTIALS_FILE"] == "/else"


def test_a_root_that_can_be_written_to_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    artifacts.prove(Home(tmp_path / "home"), VENV, f"file://{tmp_path}")
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "home"}


def test_a_root_that_cannot_be_written_to_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvError, match=r"--artifacts file://.*Not a directory.*you may write"):
        artifacts.prove(Home(tmp_path / "home"), VENV, f"file://{tmp_path}/file")
