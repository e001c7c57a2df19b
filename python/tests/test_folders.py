from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import arrow_ckpt
from arrow_ckpt import BigInt, CheckpointError, JsDate, folder_rows
from arrow_ckpt.hive import hive_columns, hive_pair, hive_value
from arrow_ckpt.part_names import by_names, is_batch, is_by_engine, is_ignored


def write(path: Path, **columns: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def code_of(path: Path, read=arrow_ckpt.load) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(CheckpointError) as failure:
        read(path)
    assert str(path) in str(failure.value)
    return failure.value.code


def test_parts_of_ours(made: Path) -> None:
    folder = made / "parts.parquet"
    assert [row["id"] for row in arrow_ckpt.rows(folder)] == list(range(80))
    info = arrow_ckpt.info(folder)
    assert (info.parts, info.rows, info.hash, info.metadata) == (4, 80, "h", {"model": "m"})
    assert info.bytes == sum(path.stat().st_size for path in folder.glob("*.parquet"))
    assert info.columns == ["id", "v"] and arrow_ckpt.load(folder)[7] == {"id": 7, "v": "seven"}
    table = arrow_ckpt.table(folder)
    assert table.column_names == ["id", "v"] and table.column("v").null_count == 1
    assert [len(batch) for batch in arrow_ckpt.batches(folder, size=8)] == [8, 8, 4] * 4


def test_columns_of_folders_names(tmp_path: Path) -> None:
    rows = [{"id": at, "year": 2020 + at % 2, "kind": [None, "a b/c=ü%"][at % 2]} for at in range(10)]
    names = ds.partitioning(pa.schema([("year", pa.int32()), ("kind", pa.string())]), flavor="hive")
    ds.write_dataset(pa.Table.from_pylist(rows), tmp_path / "hive", format="parquet", partitioning=names)
    assert arrow_ckpt.load(tmp_path / "hive") == sorted(rows, key=lambda row: row["year"])
    table = arrow_ckpt.table(tmp_path / "hive", columns=["kind", "id", "year"])
    assert table.schema == pa.schema([("kind", pa.string()), ("id", pa.int64()), ("year", pa.int64())])
    assert table.sort_by("id").to_pylist() == [{"kind": row["kind"], "id": row["id"], "year": row["year"]} for row in rows]
    assert arrow_ckpt.load(tmp_path / "hive", columns=["year"])[:2] == [{"year": 2020}, {"year": 2020}]


def test_pandas_and_widths(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    folder = tmp_path / "t.parquet"
    write(folder / "part-0.parquet", n=pa.array([1, 2**60]), d=pa.array([1], pa.date32()).take([0, None]), only=["x", "y"])
    write(folder / "part-1.parquet", n=pa.array([0.5]), d=pa.array([5], pa.timestamp("us")))
    assert arrow_ckpt.load(folder)[2] == {"n": 0.5, "d": datetime(1970, 1, 1, 0, 0, 0, 5), "only": None}
    assert isinstance(arrow_ckpt.load(folder)[1]["n"], BigInt)
    schema = arrow_ckpt.table(folder).schema
    assert schema == pa.schema([("n", pa.float64()), ("d", pa.timestamp("us")), ("only", pa.string())])
    assert list(arrow_ckpt.to_pandas(folder)["only"].isna()) == [False, False, True]


def test_types_that_are_united_in_a_table(tmp_path: Path) -> None:
    folder = tmp_path / "t.parquet"
    one = {
        "i": pa.array([1], pa.int8()),
        "u": pa.array([1], pa.uint16()),
        "f": pa.array([1], pa.float32()),
        "s": pa.array([{"a": 1}]),
        "l": pa.array([[1], [None]]).slice(0, 1),
        "c": pa.array(["x"]).dictionary_encode(),
        "m": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())),
        "x": pa.array([Decimal("1.5")], pa.decimal128(5, 1)),
        "z": pa.array([None], pa.null()),
        "t": pa.array([1], pa.time32("ms")),
        "b": pa.array([b"ab"], pa.binary(2)),
    }
    other = {
        "i": pa.array([2], pa.int32()),
        "u": pa.array([2], pa.int8()),
        "f": pa.array([2], pa.float32()),
        "s": pa.array([{"b": "x", "a": 0.5}]),
        "l": pa.array([[0.5]]),
        "c": pa.array(["y"], pa.large_string()),
        "m": pa.array([[("k", 2)]], pa.map_(pa.string(), pa.int64())),
        "x": pa.array([Decimal("2.25")], pa.decimal128(38, 2)),
        "z": pa.array(["z"]),
        "t": pa.array([2], pa.time64("us")),
        "b": pa.array([b"cde"]),
    }
    write(folder / "part-0.parquet", **one)
    write(folder / "part-1.parquet", **other)
    table = arrow_ckpt.table(folder)
    assert [str(type_) for type_ in table.schema.types] == [
        "int32",
        "int64",
        "float",
        "struct<a: double, b: string>",
        "list<item: double>",
        "string",
        "map<string, int64>",
        "decimal128(38, 2)",
        "string",
        "time64[us]",
        "binary",
    ]
    assert table.column("s").to_pylist() == [{"a": 1, "b": None}, {"a": 0.5, "b": "x"}]
    assert table.column("m").to_pylist() == [[("k", 1)], [("k", 2)]] and table.column("l").to_pylist() == [[1], [0.5]]
    assert table.column("x").to_pylist() == [Decimal("1.50"), Decimal("2.25")] and table.column("z").to_pylist() == [None, "z"]
    first = arrow_ckpt.load(folder)[0]
    assert first["t"] == "00:00:00.001" and first["m"] == {"k": 1} and first["s"] == {"a": 1}


def test_json_beside_another_type_is_json_text(made: Path) -> None:
    assert arrow_ckpt.load(made / "mixed-parts.parquet") == [{"v": 1}, {"v": "a"}, {"v": 7}, {"v": 8}]
    assert arrow_ckpt.table(made / "mixed-parts.parquet").column("v").to_pylist() == ["1", '"a"', "7", "8"]


def test_what_is_no_folder_of_parts(tmp_path: Path) -> None:
    plain = write(tmp_path / "plain" / "mine.parquet", a=[1]).parent
    assert code_of(plain) == code_of(plain, arrow_ckpt.table) == code_of(plain, arrow_ckpt.info) == "ERR_CKPT_NOT_A_FILE"
    (tmp_path / "empty.parquet").mkdir()
    assert code_of(tmp_path / "empty.parquet") == "ERR_CKPT_NOT_A_FILE"
    (tmp_path / "empty.parquet" / "_SUCCESS").touch()
    assert arrow_ckpt.load(tmp_path / "empty.parquet") == [] and arrow_ckpt.table(tmp_path / "empty.parquet").num_columns == 0
    other = write(tmp_path / "other.parquet" / "part-0.parquet", a=[1]).parent
    (other / "notes.txt").touch()
    assert code_of(other) == "ERR_CKPT_NOT_A_FILE"
    deep = write(tmp_path / "deep.parquet" / "sub" / "part-0.parquet", a=[1]).parent.parent
    assert code_of(deep) == "ERR_CKPT_NOT_A_FILE"
    batches = write(tmp_path / "day=1_batches" / "batch_0.parquet", a=[1]).parent.parent
    assert code_of(batches) == "ERR_CKPT_NOT_A_FILE"
    lake = write(tmp_path / "lake" / "part-0.parquet", a=[1]).parent
    (lake / "_delta_log").mkdir()
    assert code_of(lake) == "ERR_CKPT_UNSUPPORTED_FILE"
    linked = write(tmp_path / "linked.parquet" / "part-0.parquet", a=[1]).parent
    (linked / "part-1.parquet").symlink_to(linked / "part-0.parquet")
    assert len(arrow_ckpt.load(linked)) == 2
    (linked / "part-2.parquet").symlink_to(plain / "mine.parquet")
    assert code_of(linked / "part-2.parquet", lambda _: arrow_ckpt.load(linked)) == "ERR_CKPT_UNSUPPORTED_FILE"


@pytest.mark.parametrize(
    "two",
    [pa.array(["x"]), pa.array([True]), pa.array([[1]]), pa.array([{"a": 1}]), pa.array([b"x"]), pa.array([Decimal("1.5")])],
)
def test_parts_that_differ(tmp_path: Path, two: pa.Array) -> None:
    folder = tmp_path / "t.parquet"
    write(folder / "part-0.parquet", a=[1])
    second = write(folder / "part-1.parquet", a=two)
    with pytest.raises(CheckpointError, match="part-0.parquet; write the parts with one type") as failure:
        arrow_ckpt.load(folder)
    assert failure.value.code == "ERR_CKPT_PARTS_DIFFER" and failure.value.path == str(second)
    write(tmp_path / "h" / "k=x" / "part-0.parquet", b=[1])
    write(tmp_path / "h" / "part-0.parquet", k=[1])
    with pytest.raises(CheckpointError, match="by the names of folders"):
        arrow_ckpt.table(tmp_path / "h")


def test_a_column_that_no_part_has(made: Path) -> None:
    with pytest.raises(CheckpointError, match="no column 'nope'; it has 'id', 'v'"):
        arrow_ckpt.load(made / "parts.parquet", columns=["nope"])
    with pytest.raises(CheckpointError, match="no column 'nope'"):
        arrow_ckpt.table(made / "parts.parquet", columns=["nope"])


def test_a_part_that_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "t.parquet"
    for at in range(2):
        write(folder / f"part-{at}.parquet", a=[at])
    batches = arrow_ckpt.batches(folder)
    assert next(batches) == [{"a": 0}]
    write(folder / "new.parquet", a=[5]).replace(folder / "part-1.parquet")
    with pytest.raises(CheckpointError) as failure:
        next(batches)
    assert failure.value.code == "ERR_CKPT_CHANGED"
    # Before rows were given out it is read again.
    seen = []

    def survey(place, found=folder_rows.survey):  # type: ignore[no-untyped-def]
        known = found(place)
        if not seen:
            write(folder / "new.parquet", a=[6]).replace(folder / "part-0.parquet")
        seen.append(known)
        return known

    monkeypatch.setattr(folder_rows, "survey", survey)
    assert arrow_ckpt.load(folder) == [{"a": 6}, {"a": 5}] and len(seen) == 2
    seen.clear()
    assert arrow_ckpt.table(folder).to_pylist() == [{"a": 6}, {"a": 5}] and len(seen) == 2


def test_names_of_parts() -> None:
    names = ["part.10", "part.2", "part-1", "part-01", "part-00", "Part-0", "\uffff", "\U00010000"]
    assert sorted(names, key=lambda name: by_names((name,))) == [
        "Part-0",
        "part-00",
        "part-01",
        "part-1",
        "part.2",
        "part.10",
        "\U00010000",
        "\uffff",
    ]
    assert is_ignored("_SUCCESS") and is_ignored(".x") and not is_ignored("_year=1") and not is_ignored("a")
    assert is_by_engine("part.0.parquet") and is_by_engine("0.pq") and not is_by_engine("orders.parquet")
    assert is_batch("x_batches", "batch_3.parquet") and not is_batch("x", "batch_3.parquet")


def test_values_of_names() -> None:
    assert hive_pair("a=b=c") == ("a", "b=c") and hive_pair("=b") is None and hive_pair("b") is None
    assert hive_pair("a%20=%C3%BC") == ("a ", "ü") and hive_pair("a=100%") == ("a", "100%") and hive_pair("a=%ff") == ("a", "%ff")
    assert hive_pair("a=__HIVE_DEFAULT_PARTITION__") == ("a", None)
    assert hive_columns([[("a", "1"), ("b", "01")], [("a", "-7")], [("a", None)]]) == {"a": "int64", "b": "string"}
    for text in ("9007199254740992", "1.0", "-0", "", "+1", "\u0661", "1" * 5000):
        assert hive_columns([[("a", "1")], [("a", text)], [("a", "2")]]) == {"a": "string"}, text[:20]
    assert hive_value("12", "int64") == 12 and hive_value("12", "string") == "12" and hive_value(None, "int64") is None


def test_times_of_other_programs(tmp_path: Path) -> None:
    far = 253_402_300_800_000
    path = write(
        tmp_path / "times.parquet",
        ms=pa.array([0, far], pa.timestamp("ms", "UTC")),
        us=pa.array([1, 8_640_000_000_000_001_000], pa.timestamp("us")),
        ns=pa.array([1, 1_000], pa.timestamp("ns", "UTC")),
        day=pa.array([0, 3_000_000], pa.date32()),
        big=pa.array([2**53, -1]),
    )
    first, second = arrow_ckpt.load(path)
    assert first["ms"] == datetime(1970, 1, 1, tzinfo=timezone.utc) and second["ms"] == JsDate(far)
    assert first["us"] == datetime(1970, 1, 1, 0, 0, 0, 1) and second["us"] == "+275760-09-13T00:00:00.001Z"
    assert first["ns"] == "1970-01-01T00:00:00.000000001Z" and second["ns"] == datetime(1970, 1, 1, 0, 0, 0, 1, timezone.utc)
    assert first["day"] == datetime(1970, 1, 1).date() and second["day"] == JsDate(3_000_000 * 86_400_000)
    assert isinstance(first["big"], BigInt) and not isinstance(second["big"], BigInt)
    assert arrow_ckpt.dumps(first["us"]) == '"1970-01-01T00:00:00.000001Z"'
    assert arrow_ckpt.dumps(datetime(1970, 1, 1, 0, 0, 1)) == '{"$ckpt":"date","v":1000}' == arrow_ckpt.dumps(JsDate(1000))
    assert arrow_ckpt.dumps([first["day"], Decimal("1.10")]) == '[{"$ckpt":"date","v":0},"1.10"]'


def test_texts_that_are_not_utf8_and_damaged_pages(tmp_path: Path) -> None:
    bad = pa.array([b"\xff"]).view(pa.string())
    path = write(tmp_path / "bad.parquet", a=bad)
    assert code_of(path) == "ERR_CKPT_UNSUPPORTED_FILE"
    data = bytearray(write(tmp_path / "page.parquet", a=list(range(1000))).read_bytes())
    data[4:60] = b"\xff" * 56
    (tmp_path / "page.parquet").write_bytes(data)
    assert code_of(tmp_path / "page.parquet") == code_of(tmp_path / "page.parquet", arrow_ckpt.table) == "ERR_CKPT_CORRUPT"
