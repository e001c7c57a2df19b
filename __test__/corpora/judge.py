"""Reads Parquet files with PyArrow and DuckDB, a path a line on standard input, and says of each what its columns hold, as canonical.ts does.

One line of JSON for each path: {"pyarrow": {"rows": 8, "columns": [...]} or {"error": "..."}, "duckdb": ...}.
"""

import hashlib
import json
import struct
import sys
from datetime import date, timedelta

HEAD = 20


def text(value):
    return "x" + value.encode("utf-8", "surrogatepass").hex()


def number(value):
    if value is None:
        return None
    if value != value:
        return "nNaN"
    if value in (float("inf"), float("-inf")):
        return "nInfinity" if value > 0 else "n-Infinity"
    if value == int(value):
        return f"i{int(value)}"
    return "f" + struct.pack(">d", value).hex()


def clock(value, digits):
    """A time of day, or of a date, in units of 10^-digits seconds."""
    seconds, rest = divmod(abs(value), 10**digits)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{'-' if value < 0 else ''}{hours:02}:{minute:02}:{second:02}.{rest:0{digits}}"


def instant(ns):
    """As Date.toISOString, with as many digits as are needed."""
    days, within = divmod(ns, 86_400_000_000_000)
    cycles, days = divmod(days, 146_097)
    day = date(1970, 1, 1) + timedelta(days=days)
    year = day.year + cycles * 400
    shown = f"{year:04}" if 0 <= year <= 9999 else f"{'-' if year < 0 else '+'}{abs(year):06}"
    digits = 3 if within % 1_000_000 == 0 else 6 if within % 1000 == 0 else 9
    return f"{shown}-{day.month:02}-{day.day:02}T{clock(within // 10 ** (9 - digits), digits)}Z"


UNITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def convert(array):
    """The values of an Arrow array."""
    import pyarrow as pa

    kind = array.type
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        values = convert(array.storage)
        if kind.extension_name != "arrow.uuid":
            return values
        return [value and text("-".join(dashed(bytes.fromhex(value[1:]).hex()))) for value in values]
    if types.is_dictionary(kind):
        return convert(array.dictionary_decode())
    if types.is_null(kind):
        return [None] * len(array)
    if types.is_boolean(kind):
        return array.to_pylist()
    if types.is_integer(kind):
        return [None if value is None else f"i{value}" for value in array.to_pylist()]
    if types.is_floating(kind):
        return [number(value) for value in array.to_pylist()]
    if types.is_decimal(kind):
        return [None if value is None else text(f"{value:f}") for value in array.to_pylist()]
    if types.is_date(kind):
        unit = 86_400_000_000_000 if types.is_date32(kind) else 1_000_000
        whole = array.view(pa.int32() if types.is_date32(kind) else pa.int64())
        return [None if value is None else text(instant(value * unit)) for value in whole.to_pylist()]
    if types.is_timestamp(kind):
        unit = 10 ** (9 - UNITS[kind.unit])
        return [None if value is None else text(instant(value * unit)) for value in array.view(pa.int64()).to_pylist()]
    if types.is_time(kind):
        digits = UNITS[kind.unit]
        whole = array.view(pa.int32() if types.is_time32(kind) else pa.int64())
        return [None if value is None else text(clock(value, digits)) for value in whole.to_pylist()]
    if types.is_duration(kind):
        return [None if value is None else f"i{value}" for value in array.view(pa.int64()).to_pylist()]
    if types.is_interval(kind):
        parts = array.to_pylist()
        return [None if one is None else "x" + struct.pack("<III", one.months, one.days, one.nanoseconds // 1_000_000).hex() for one in parts]
    if types.is_map(kind):
        return maps(array)
    if types.is_struct(kind):
        return structs(array)
    if types.is_nested(kind):
        return lists(array)
    return [None if value is None else "x" + (value.encode() if isinstance(value, str) else value).hex() for value in array.to_pylist()]


def dashed(digits):
    return digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]


def structs(array):
    nulls = array.is_null().to_pylist()
    names = [field.name.encode().hex() for field in array.type]
    members = [convert(child) for child in array.flatten()]
    rows = [dict(sorted(zip(names, values))) for values in zip(*members)] if members else [{}] * len(array)
    return [None if null else row for null, row in zip(nulls, rows)]


def lists(array):
    values = iter(convert(array.flatten()))
    lengths = array.value_lengths().to_pylist()
    return [None if length is None else [next(values) for _ in range(length)] for length in lengths]


def maps(array):
    import pyarrow as pa

    keys, items = convert(array.keys), convert(array.items)
    offsets = array.offsets.to_pylist()
    first = offsets[0] if offsets else 0
    nulls = array.is_null().to_pylist()
    kind = array.type.key_type
    scalar = pa.types
    shown = scalar.is_string(kind) or scalar.is_large_string(kind) or scalar.is_binary(kind) or scalar.is_decimal(kind) or scalar.is_time(kind)
    shown = shown or isinstance(kind, pa.BaseExtensionType)
    rows = []
    for at, null in enumerate(nulls):
        if null:
            rows.append(None)
            continue
        span = range(offsets[at] - first, offsets[at + 1] - first)
        if shown and all(keys[i] is not None for i in span):
            rows.append(dict(sorted({keys[i][1:]: items[i] for i in span}.items())))
        else:
            rows.append([[keys[i], items[i]] for i in span])
    return rows


def described(table):
    columns = []
    for name, column in zip(table.column_names, table.columns):
        values = [value for chunk in column.chunks for value in convert(chunk)]
        digest = hashlib.sha1()
        for value in values:
            digest.update((json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n").encode())
        columns.append({"name": name, "digest": digest.hexdigest(), "head": values[:HEAD]})
    return {"rows": table.num_rows, "columns": columns}


def with_pyarrow(path):
    import pyarrow.parquet as pq

    return pq.ParquetFile(path).read(use_threads=False)


def with_duckdb(path):
    import duckdb

    quoted = path.replace("'", "''")
    return duckdb.connect(config={"threads": 1}).execute(f"SELECT * FROM read_parquet('{quoted}')").fetch_arrow_table()


def judged(engine, path):
    try:
        return described(engine(path))
    except Exception as error:  # noqa: BLE001: whatever an engine says
        return {"error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:300]}


for line in sys.stdin:
    path = json.loads(line)
    print(json.dumps({"pyarrow": judged(with_pyarrow, path), "duckdb": judged(with_duckdb, path)}), flush=True)
