import math
from array import array
from datetime import datetime, timezone
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import arrow_ckpt
from arrow_ckpt import UNDEFINED, BigInt, CheckpointError, JsDate

ODD = ["odd.parquet", "odd.json", "odd.jsonl"]


@pytest.mark.parametrize("name", ODD)
def test_values_that_python_has_no_type_for(made: Path, name: str) -> None:
    first, second, third = arrow_ckpt.load(made / name)
    assert list(first) == ["id", "big", "day", "bytes", "f64", "f32", "tags"]
    assert first["big"] == 12 and isinstance(first["big"], BigInt)
    assert first["day"] == datetime(1970, 1, 1, tzinfo=timezone.utc)
    assert first["bytes"] == b"\x01\x02"
    assert first["f64"] == array("d", [1, 0.5]) and first["f32"] == array("f", [2])
    assert first["tags"] == ["a", None] and second["tags"] == []
    assert second["big"] is None and second["gone"] is UNDEFINED and not second["gone"]
    assert second["day"] == JsDate(None) and third["day"] == JsDate(8640000000000000)
    assert math.isnan(second["x.y"]["deep"][0]["n"]) and second["x.y"]["a.b"] == 1
    assert third["text"] == "\ud800 lone" and math.copysign(1, third["z"]) == -1 and third["$ckpt"] == "mine"
    assert "text" not in second and "gone" not in first


@pytest.mark.parametrize("name", ODD)
def test_info(made: Path, name: str) -> None:
    info = arrow_ckpt.info(made / name)
    assert (info.rows, info.hash, info.metadata) == (3, "h", {"model": "m"})
    assert info.format == name.split(".")[1] and info.bytes == (made / name).stat().st_size
    assert set(info.columns) >= {"id", "big", "x.y", "$ckpt"} and not info.is_thin


@pytest.mark.parametrize("name", ODD)
def test_some_columns(made: Path, name: str) -> None:
    rows = arrow_ckpt.load(made / name, columns=["x.y", "id"])
    assert [list(row) for row in rows] == [["id"], ["id", "x.y"], ["id"]]


def test_rows_without_keys_and_no_rows(made: Path) -> None:
    assert arrow_ckpt.load(made / "nothing.parquet") == [{}, {}, {}]
    assert arrow_ckpt.load(made / "empty.parquet") == []
    assert arrow_ckpt.table(made / "empty.parquet").num_rows == 0
    assert arrow_ckpt.load(made / "plain.json") == [{"id": 1}, {"id": 2}]


def test_batches(made: Path) -> None:
    sizes = [len(batch) for batch in arrow_ckpt.batches(made / "mixed.parquet", size=15)]
    assert sizes == [15, 15, 10]
    with pytest.raises(CheckpointError, match="size must be 1 or more"):
        arrow_ckpt.batches(made / "mixed.parquet", size=0)


def test_a_table_has_no_hidden_columns(made: Path) -> None:
    table = arrow_ckpt.table(made / "mixed.parquet")
    assert table.column_names == ["id", "v"]
    assert table.column("v")[7].as_py() is None and table.column("v")[8].as_py() == 4
    assert arrow_ckpt.load(made / "mixed.parquet")[7]["v"] == "seven"
    assert len(pq.ParquetFile(made / "mixed.parquet").schema_arrow.names) == 3


def test_pandas(made: Path) -> None:
    pytest.importorskip("pandas")
    frame = arrow_ckpt.to_pandas(made / "mixed.parquet", columns=["id"])
    assert list(frame.columns) == ["id"] and frame["id"].sum() == 780


def test_thin_files(made: Path) -> None:
    home = made / "thin"
    rows = arrow_ckpt.load(home / "process" / "summarise.parquet")
    assert arrow_ckpt.info(home / "process" / "summarise.parquet").is_thin
    assert len(rows) == 3000 and rows[17]["text"] == "document 17 " * 60 and list(rows[17]) == ["id", "text", "vector", "summary"]
    some = arrow_ckpt.load(home / "process" / "some.parquet")
    assert [row["id"] for row in some] == list(range(2997, -1, -3)) and all(
        row["text"].startswith(f"document {row['id']} ") for row in some
    )
    table = arrow_ckpt.table(home / "process" / "summarise.parquet")
    assert table.column_names == ["id", "text", "vector", "summary"]
    assert table.column("text").null_count == 0
    # pyarrow alone sees no such column.
    assert "text" not in pq.ParquetFile(home / "process" / "summarise.parquet").schema_arrow.names


def test_a_base_that_is_missing(made: Path, tmp_path: Path) -> None:
    lost = tmp_path / "summarise.parquet"
    lost.write_bytes((made / "thin" / "process" / "summarise.parquet").read_bytes())
    with pytest.raises(CheckpointError, match="is missing") as failure:
        arrow_ckpt.load(lost)
    assert failure.value.code == "ERR_CKPT_BASE"
    assert arrow_ckpt.load(lost, columns=["summary"])[3] == {"summary": "of 3"}


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: folder / "none.parquet", "ERR_CKPT_NOT_FOUND"),
        (lambda folder: folder, "ERR_CKPT_NOT_A_FILE"),
        (lambda folder: _written(folder / "cut.parquet", b"PAR1abc"), "ERR_CKPT_CORRUPT"),
        (lambda folder: _written(folder / "torn.json", b'[{"a":1},'), "ERR_CKPT_CORRUPT"),
        (lambda folder: _written(folder / "object.json", b'{"a":1}'), "ERR_CKPT_NOT_A_CHECKPOINT"),
        (lambda folder: _written(folder / "text.jsonl", b'{"a":1}\n[2]\n'), "ERR_CKPT_CORRUPT"),
        (lambda folder: _written(folder / "later.jsonl", b'{"arrow-ckpt-lines":{"version":2}}\n'), "ERR_CKPT_FORMAT_VERSION"),
        (lambda folder: _written(folder / "later.json", b'{"arrow-ckpt":{"version":2},"rows":[]}'), "ERR_CKPT_FORMAT_VERSION"),
        (lambda folder: _written(folder / "odd.json", b'{"arrow-ckpt":{"version":"1"},"rows":[]}'), "ERR_CKPT_CORRUPT"),
        (lambda folder: _written(folder / "head.jsonl", b'{"arrow-ckpt-lines":5}\n{"a":1}\n'), "ERR_CKPT_CORRUPT"),
        (lambda folder: _written(folder / "latin.jsonl", b'{"a":"\xff"}\n'), "ERR_CKPT_CORRUPT"),
        (lambda folder: _written(folder / "short.jsonl", b'{"arrow-ckpt-lines":{"version":1,"rows":3}}\n{"a":1}\n'), "ERR_CKPT_CORRUPT"),
    ],
)
def test_bad_files(tmp_path: Path, make, code: str) -> None:  # type: ignore[no-untyped-def]
    path = make(tmp_path)
    with pytest.raises(CheckpointError) as failure:
        arrow_ckpt.load(path)
    assert failure.value.code == code and str(path) in str(failure.value)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_column_that_is_not_there(made: Path) -> None:
    with pytest.raises(CheckpointError, match="no column 'nope'; it has 'id', 'v'") as failure:
        arrow_ckpt.load(made / "mixed.parquet", columns=["nope"])
    assert failure.value.code == "ERR_CKPT_UNKNOWN_COLUMN"


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("read", [arrow_ckpt.load, arrow_ckpt.table])
def test_columns_are_names_of_the_file(made: Path, name: str, read) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CheckpointError, match="must be a list") as failure:
        read(made / name, columns="id")
    assert failure.value.code == "ERR_CKPT_INVALID_ARGUMENT"
    with pytest.raises(CheckpointError, match="'nope'") as failure:
        read(made / name, columns=["id", "nope"])
    assert failure.value.code == "ERR_CKPT_UNKNOWN_COLUMN"


def test_a_table_of_json_has_all_keys(tmp_path: Path) -> None:
    path = _written(tmp_path / "ragged.json", b'[{"a":1},{"b":"x","a":2.5},{"b":3,"c":[{"d":1}]},{"b":null}]')
    table = arrow_ckpt.table(path)
    assert table.to_pydict() == {
        "a": [1, 2.5, None, None],
        "b": [None, "x", None, None],
        "c": [None, None, [{"d": 1}], None],
    }
    assert arrow_ckpt.table(path, columns=["c", "b"]).column_names == ["c", "b"]


@pytest.mark.parametrize("name", ["odd.json", "odd.jsonl"])
def test_a_table_of_json_with_odd_values(made: Path, name: str) -> None:
    table = arrow_ckpt.table(made / name)
    assert table.column("id").to_pylist() == [row["id"] for row in arrow_ckpt.load(made / name)]
    assert table.column("big")[0].as_py() == 12 and table.column("day")[1].as_py() is None
    assert "gone" in table.column_names


def test_another_programs_file_is_its_columns(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "rewritten.parquet"
    pq.write_table(pq.read_table(made / "mixed.parquet"), path)
    rows = arrow_ckpt.load(path)
    assert list(rows[7]) == ["id", "v", "__ckpt_x_v"] and rows[7]["__ckpt_x_v"] == '"seven"'
    assert arrow_ckpt.info(path).version is None
