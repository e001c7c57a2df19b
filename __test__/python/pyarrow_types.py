"""Writes every type that PyArrow can put into Parquet, one column a type and a null in its second row, in the ways PyArrow can write it."""

import datetime as dt
import decimal
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(sys.argv[1])
MOMENT = dt.datetime(2024, 2, 29, 12, 34, 56)
MILLIS = MOMENT.replace(microsecond=789_000)
MICROS = MOMENT.replace(microsecond=789_012)
NANOS_SINCE_1970 = 1_709_210_096_789_012_345
OLD = dt.datetime(1884, 5, 6, 7, 8, 9)


def dec(text):
    return decimal.Decimal(text)


def three(type, first, last):
    return pa.array([first, None, last], type)


def integers():
    for bits in (8, 16, 32, 64):
        yield f"int{bits}", three(getattr(pa, f"int{bits}")(), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        yield f"uint{bits}", three(getattr(pa, f"uint{bits}")(), 0, 2**bits - 1)


def floats():
    yield "float16", three(pa.float16(), 1.5, float("-inf"))
    yield "float32", three(pa.float32(), 0.5, float("nan"))
    yield "float64", three(pa.float64(), 0.1, -0.0)
    yield "bool", three(pa.bool_(), True, False)
    yield "null", pa.nulls(3)


def texts():
    for name in ("string", "large_string", "string_view"):
        yield name, three(getattr(pa, name)(), "ü€😀", "")
    for name in ("binary", "large_binary", "binary_view"):
        yield name, three(getattr(pa, name)(), b"\x00\xff", b"")
    yield "fixed_size_binary(3)", three(pa.binary(3), b"abc", b"\x00\x01\x02")
    yield "uuid", pa.ExtensionArray.from_storage(pa.uuid(), three(pa.binary(16), bytes(range(16)), b"\xff" * 16))
    yield "json", pa.ExtensionArray.from_storage(pa.json_(), three(pa.string(), '{"a": [1]}', "null"))
    yield "dictionary<string>", three(pa.string(), "a", "b").dictionary_encode()
    yield "dictionary<int64>", three(pa.int64(), 7, 8).dictionary_encode()


def decimals():
    yield "decimal32(7, 2)", three(pa.decimal32(7, 2), dec("1.10"), dec("-99999.99"))
    yield "decimal64(18, 6)", three(pa.decimal64(18, 6), dec("0.000001"), dec("-123456789012.345678"))
    yield "decimal128(38, 10)", three(pa.decimal128(38, 10), dec("1234567890123456789012345678.0123456789"), dec("-0.5"))
    yield "decimal128(5, 0)", three(pa.decimal128(5, 0), dec("12345"), dec("-1"))
    yield "decimal256(76, 2)", three(pa.decimal256(76, 2), dec("9" * 74 + ".99"), dec("-0.01"))


def times():
    yield "date32", three(pa.date32(), MOMENT.date(), OLD.date())
    yield "date64", three(pa.date64(), MOMENT.date(), OLD.date())
    yield "time32[s]", three(pa.time32("s"), MOMENT.time(), dt.time())
    yield "time32[ms]", three(pa.time32("ms"), MILLIS.time(), dt.time())
    yield "time64[us]", three(pa.time64("us"), MICROS.time(), dt.time())
    yield "time64[ns]", three(pa.time64("ns"), 45_296_789_012_345, 0)
    for zone in (None, "UTC", "Europe/Berlin"):
        suffix = "" if zone is None else f", {zone}"
        yield f"timestamp[s{suffix}]", three(pa.timestamp("s", zone), MOMENT, OLD)
        yield f"timestamp[ms{suffix}]", three(pa.timestamp("ms", zone), MILLIS, OLD)
        yield f"timestamp[us{suffix}]", three(pa.timestamp("us", zone), MICROS, OLD)
        yield f"timestamp[ns{suffix}]", three(pa.timestamp("ns", zone), NANOS_SINCE_1970, -1)
    for unit in ("s", "ms", "us", "ns"):
        yield f"duration[{unit}]", three(pa.duration(unit), 90, -90)


def nested():
    numbers = [1, None, 3]
    yield "list<int64>", three(pa.list_(pa.int64()), numbers, [])
    yield "large_list<int64>", three(pa.large_list(pa.int64()), numbers, [])
    yield "list_view<int64>", three(pa.list_view(pa.int64()), numbers, [])
    yield "large_list_view<int64>", three(pa.large_list_view(pa.int64()), numbers, [])
    yield "fixed_size_list<float>[2]", three(pa.list_(pa.float32(), 2), [0.5, 1.5], [2.5, None])
    yield "list<list<string>>", three(pa.list_(pa.list_(pa.string())), [["a"], [], None], [[]])
    struct = pa.struct([("a", pa.int64()), ("b", pa.struct([("c", pa.string())]))])
    yield "struct", three(struct, {"a": 1, "b": {"c": "x"}}, {"a": None, "b": None})
    yield "list<struct>", three(pa.list_(struct), [{"a": 1, "b": {"c": None}}, None], [])
    yield "map<string, int64>", three(pa.map_(pa.string(), pa.int64()), [("b", 1), ("a", None)], [])
    yield "map<int32, string>", three(pa.map_(pa.int32(), pa.string()), [(2, "x"), (1, None)], [])
    yield "map<string, map<date, bool>>", three(
        pa.map_(pa.string(), pa.map_(pa.date32(), pa.bool_())), [("k", [(MOMENT.date(), True)])], [("e", [])]
    )
    yield "list<timestamp[us]>", three(pa.list_(pa.timestamp("us")), [MICROS, MILLIS], [None])
    yield "struct<decimal, binary>", three(
        pa.struct([("d", pa.decimal128(5, 2)), ("b", pa.binary())]), {"d": dec("1.20"), "b": b"x"}, {"d": None, "b": None}
    )


COLUMNS = dict([*integers(), *floats(), *texts(), *decimals(), *times(), *nested()])
TABLE = pa.table(COLUMNS)

ENCODINGS = {
    **dict.fromkeys(["int32", "int64", "uint64", "date32", "timestamp[us]"], "DELTA_BINARY_PACKED"),
    **dict.fromkeys(["string", "large_string", "string_view"], "DELTA_BYTE_ARRAY"),
    **dict.fromkeys(["binary", "json"], "DELTA_LENGTH_BYTE_ARRAY"),
    **dict.fromkeys(["float32", "float64", "float16", "fixed_size_binary(3)", "decimal128(38, 10)"], "BYTE_STREAM_SPLIT"),
    "bool": "RLE",
}
WAYS = {
    "default": {},
    "plain": {"use_dictionary": False},
    "page-v2": {"data_page_version": "2.0", "compression": "zstd"},
    "delta": {"use_dictionary": False, "column_encoding": ENCODINGS, "data_page_version": "2.0", "compression": "lz4"},
    "gzip-no-schema": {"compression": "gzip", "store_schema": False},
    "brotli-old-lists": {"compression": "brotli", "use_compliant_nested_type": False},
    "none-row-groups": {"compression": "none", "row_group_size": 1},
}
for way, options in WAYS.items():
    pq.write_table(TABLE, FOLDER / f"{way}.parquet", **options)

# The formats of old: version 1.0 knows no nanoseconds and no unsigned 32-bit integers; Impala and Spark had their timestamps in INT96.
pq.write_table(TABLE.select([name for name in COLUMNS if "[ns" not in name]), FOLDER / "version-1.0.parquet", version="1.0")
INT96 = TABLE.select([name for name in COLUMNS if name.startswith("timestamp[")])
pq.write_table(INT96, FOLDER / "int96.parquet", use_deprecated_int96_timestamps=True)
