"""Models across a step boundary: equal bytes for equal models, foreign types refused."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from workloads import codecs
from workloads.codecs import decode, encode
from workloads.dag import Artifact

X = np.random.default_rng(7).normal(size=(60, 3))
Y = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)

MODELS = {
    "linear": LogisticRegression,
    "tree": lambda: DecisionTreeClassifier(max_depth=3, random_state=1),
    "forest": lambda: RandomForestClassifier(n_estimators=3, max_depth=2, random_state=1),
    "pipeline": lambda: make_pipeline(
        ColumnTransformer([("n", StandardScaler(), [0, 1]), ("c", OneHotEncoder(), [3])]),
        LogisticRegression(),
    ),
}


def fitted(name: str) -> tuple[Any, Any]:
    data = np.column_stack([X, np.arange(60) % 4]) if name == "pipeline" else X
    return MODELS[name]().fit(data, Y), data


@pytest.mark.parametrize("name", MODELS)
def test_a_stored_model_predicts_the_same(tmp_path: Path, name: str) -> None:
    model, data = fitted(name)
    back = decode(encode(model, str(tmp_path), "s"))
    np.testing.assert_array_equal(back.predict_proba(data), model.predict_proba(data))


@pytest.mark.parametrize("name", MODELS)
def test_fitting_twice_gives_equal_bytes(tmp_path: Path, name: str) -> None:
    first, again = (encode(fitted(name)[0], str(tmp_path), "s") for _ in range(2))
    assert first == again


@pytest.mark.parametrize("name", MODELS)
def test_loading_and_storing_again_gives_equal_bytes(tmp_path: Path, name: str) -> None:
    first = encode(fitted(name)[0], str(tmp_path), "s")
    assert encode(decode(first), str(tmp_path), "s") == first


def test_different_models_have_different_bytes(tmp_path: Path) -> None:
    one, two = (LogisticRegression(C=c).fit(X, Y) for c in (1.0, 2.0))
    assert encode(one, str(tmp_path), "s") != encode(two, str(tmp_path), "s")


def test_a_model_that_is_not_fitted_can_be_stored(tmp_path: Path) -> None:
    back = decode(encode(LogisticRegression(C=3.0), str(tmp_path), "s"))
    assert back.get_params() == LogisticRegression(C=3.0).get_params()


def with_foreign(module: str, name: str, loader: str) -> bytes:
    """Return the archive of a real model, in which one part claims another type."""
    source = zipfile.ZipFile(io.BytesIO(skops.io.dumps(LogisticRegression(C=3.0))))
    schema = json.loads(source.read("schema.json"))
    node: dict[str, Any] = {
        "__class__": name,
        "__module__": module,
        "__loader__": loader,
        "__id__": 99,
        "content": {"module_path": module, "function": name},
    }
    schema["content"]["content"]["C"] = node
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        out.writestr("schema.json", json.dumps(schema))
    return target.getvalue()


@pytest.mark.parametrize(
    ("module", "name", "loader"),
    [
        ("os", "system", "FunctionNode"),
        ("posix", "system", "FunctionNode"),
        ("builtins", "eval", "FunctionNode"),
        ("sklearn_evil", "run", "FunctionNode"),
    ],
)
def test_an_archive_with_a_foreign_type_is_refused(
    tmp_path: Path, module: str, name: str, loader: str
) -> None:
    artifact = codecs.store(with_foreign(module, name, loader), "skops", str(tmp_path))
    with pytest.raises(Exception, match=f"{module}.{name}") as caught:
        decode(artifact.to_json())
    assert "ntrusted" in str(type(caught.value)) + str(caught.value)


class Mine(LogisticRegression):  # type: ignore[misc]
    pass


def test_a_model_of_the_users_own_class_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(codecs.CodecError, match="register"):
        decode(encode(Mine(), str(tmp_path), "s"))


def test_storing_a_model_leaves_an_ordinary_archive(tmp_path: Path) -> None:
    artifact = Artifact.from_json(encode(LogisticRegression(), str(tmp_path), "s"))
    assert artifact.codec == "skops"
    with zipfile.ZipFile(artifact.uri) as archive:
        assert archive.testzip() is None
        assert "schema.json" in archive.namelist()
