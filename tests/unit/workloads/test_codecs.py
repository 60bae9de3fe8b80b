"""Values across a step boundary: JSON, artifacts, refusals."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_np

from workloads import codecs
from workloads.codecs import Codec, CodecError, decode, encode
from workloads.dag import Artifact


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("artifacts"))


@pytest.fixture
def known_codecs() -> Iterator[None]:
    """Remove after each test the codecs that it registered."""
    before = dict(codecs._codecs)
    yield
    codecs._codecs.clear()
    codecs._codecs.update(before)


def artifact_of(value: Any, root: str) -> Artifact:
    return Artifact.from_json(encode(value, root, "s"))


def refusal(value: Any, root: str) -> str:
    with pytest.raises(CodecError) as caught:
        encode(value, root, "train")
    return str(caught.value)


KEYS = st.text().filter(lambda key: key not in ("$ref", "$artifact"))
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
TREES = st.recursive(
    LEAVES.filter(lambda leaf: leaf not in (math.inf, -math.inf)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
DTYPES = (
    st_np.boolean_dtypes()
    | st_np.integer_dtypes()
    | st_np.floating_dtypes()
    | st_np.unicode_string_dtypes(max_len=4)
    | st_np.datetime64_dtypes()
)


@given(TREES)
def test_json_trees_are_unchanged(root: str, tree: Any) -> None:
    encoded = encode(tree, root, "s")
    assert repr(encoded) == repr(tree)  # 1, 1.0 and True are three values
    assert repr(decode(encoded)) == repr(tree)


@given(st_np.arrays(DTYPES, st_np.array_shapes(min_dims=0, min_side=0, max_dims=3, max_side=4)))
def test_arrays_come_back_with_their_type_and_shape(root: str, array: Any) -> None:
    back = decode(encode(array, root, "s"))
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


def test_arrays_in_columns_come_back_equal(root: str) -> None:
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(decode(encode(array[:, ::2], root, "s")), array[:, ::2])


@given(st.binary(max_size=50))
def test_bytes_come_back(root: str, data: bytes) -> None:
    assert decode(encode(data, root, "s")) == data


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_bytearrays_and_memoryviews_become_bytes(root: str, kind: Callable[[bytes], Any]) -> None:
    assert decode(encode(kind(b"abc"), root, "s")) == b"abc"


def test_a_table_comes_back_with_its_schema(root: str) -> None:
    table = pa.table({"n": pa.array([1, None], pa.int8()), "s": ["ä", None], "d": [[1], []]})
    table = table.replace_schema_metadata({"about": "this"})
    back = decode(encode(table, root, "s"))
    assert back.equals(table, check_metadata=True)


def test_an_empty_table_comes_back(root: str) -> None:
    table = pa.table({"n": pa.array([], pa.float32())})
    assert decode(encode(table, root, "s")).equals(table)


def test_a_pandas_frame_comes_back(root: str) -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"n": [1, 2], "s": ["a", None]}, index=["x", "y"])
    pd.testing.assert_frame_equal(decode(encode(frame, root, "s")), frame)


def test_a_polars_frame_comes_back(root: str) -> None:
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"n": [1, 2], "s": ["a", None]})
    assert decode(encode(frame, root, "s")).equals(frame)


def test_artifacts_are_encoded_anywhere_in_a_tree(root: str) -> None:
    back = decode(encode({"parts": [b"a", {"x": np.arange(3)}], "n": 1}, root, "s"))
    assert back["parts"][0] == b"a"
    assert back["parts"][1]["x"].tolist() == [0, 1, 2]
    assert back["n"] == 1


def test_tuples_become_lists(root: str) -> None:
    assert encode((1, (2, [(3,)]), {"k": (4,)}), root, "s") == [1, [2, [[3]]], {"k": [4]}]


@pytest.mark.parametrize(
    ("scalar", "expected"),
    [
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(-3), -3),
        (np.uint8(3), 3),
        (np.bool_(True), True),
        (np.str_("ä"), "ä"),
    ],
)
def test_numpy_scalars_become_pythons(root: str, scalar: Any, expected: Any) -> None:
    (encoded,) = encode([scalar], root, "s")
    assert encoded == expected
    assert type(encoded) is type(expected)


@pytest.mark.parametrize("value", [math.nan, math.inf, np.float32("nan")])
def test_numbers_beyond_json_are_refused_with_a_way_out(root: str, value: Any) -> None:
    message = refusal({"scores": [0.5, value]}, root)
    assert "step 'train': result.scores[1]" in message
    assert "return None instead" in message


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        lambda: 1,
        1j,
        np.datetime64("2020-01-01"),
        OrderedDict(a=1),
        Path("/"),
        pytest,
    ],
)
def test_refusals_name_step_place_type_and_remedy(root: str, value: Any) -> None:
    message = refusal({"a": [value]}, root)
    assert "step 'train': result.a[0] is a " in message
    assert "workloads.codecs.register(Codec(" in message


def test_a_refusal_names_the_type_with_its_module(root: str) -> None:
    assert "collections.OrderedDict" in refusal(OrderedDict(), root)


@pytest.mark.parametrize("key", [1, None, "$ref", "$artifact"])
def test_reserved_keys_are_refused(root: str, key: Any) -> None:
    message = refusal({"a": {key: 1}}, root)
    assert "step 'train': result.a has the key " in message
    assert repr(key) in message


@pytest.mark.parametrize("values", [[object()], [None, "text"], [[1], [1, 2]]])
def test_object_arrays_are_refused_with_step_and_place(root: str, values: list[Any]) -> None:
    message = refusal({"a": np.array(values, dtype=object)}, root)
    assert "step 'train': result.a" in message


class Point:
    def __init__(self, x: int) -> None:
        self.x = x


POINT = Codec(
    "point",
    lambda value: isinstance(value, Point),
    lambda value: str(value.x).encode(),
    lambda data: Point(int(data)),
)


@pytest.mark.usefixtures("known_codecs")
def test_a_registered_codec_stores_its_type(root: str) -> None:
    codecs.register(POINT)
    encoded = encode([Point(3)], root, "s")
    assert encoded[0]["$artifact"]["codec"] == "point"
    assert decode(encoded)[0].x == 3


@pytest.mark.usefixtures("known_codecs")
def test_later_codecs_are_tried_first(root: str) -> None:
    mine = Codec("mine", lambda value: isinstance(value, bytes), lambda value: value[::-1], bytes)
    codecs.register(mine)
    assert artifact_of(b"abc", root).codec == "mine"


@pytest.mark.usefixtures("known_codecs")
def test_a_codec_registered_again_replaces_itself(root: str) -> None:
    codecs.register(POINT)
    codecs.register(Codec("point", POINT.accepts, lambda value: b"5", POINT.load))
    assert decode(encode(Point(3), root, "s")).x == 5


def test_an_artifact_is_named_by_its_content(root: str) -> None:
    first, again = artifact_of(b"same", root), artifact_of(b"same", root)
    assert first == again
    assert first.sha256 in first.uri
    assert first.size_bytes == 4
    assert artifact_of(b"other", root).uri != first.uri


def test_storing_leaves_only_artifacts(tmp_path: Path) -> None:
    artifact = artifact_of(b"abc", str(tmp_path / "new"))
    assert [str(path) for path in (tmp_path / "new").iterdir()] == [artifact.uri]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="no space"):
        encode(b"abc", str(tmp_path), "s")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_artifact_is_refused(tmp_path: Path) -> None:
    artifact = artifact_of(b"abc", str(tmp_path))
    Path(artifact.uri).write_bytes(b"abd")
    with pytest.raises(CodecError, match="damaged") as caught:
        decode(artifact.to_json())
    assert artifact.uri in str(caught.value)


def test_a_missing_artifact_is_named(tmp_path: Path) -> None:
    artifact = artifact_of(b"abc", str(tmp_path))
    Path(artifact.uri).unlink()
    with pytest.raises(CodecError, match="cannot be read") as caught:
        decode(artifact.to_json())
    assert artifact.uri in str(caught.value)


def test_an_unknown_codec_is_refused_with_the_place_to_register_it() -> None:
    with pytest.raises(CodecError, match=r"no codec 'holo'.*register"):
        decode(Artifact("/nowhere", "00", 1, "holo").to_json())
