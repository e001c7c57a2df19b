"""What all drivers share: a task of files and filters comes as JSON, and what the engine makes of them goes out as JSON.

    DRIVER.py TASK.json OUT.json

What JSON cannot say: {"$number": "NaN"}, {"$bytes": hex}, {"$timestamp": milliseconds since 1970}, {"$int": decimal} beyond 53 bits.
"""

import datetime as dt
import json
import math
import sys
from pathlib import Path

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
UNITS = {"s": (1000, 1), "ms": (1, 1), "us": (1, 1000), "ns": (1, 1_000_000)}


def plain(value, nan_is_null=False):
    """A value of Python, numpy or pandas in the notation."""
    kind = type(value).__name__
    if value is None or kind in ("NaTType", "NAType"):
        return None
    if hasattr(value, "item") and hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0:
        if value.dtype.kind == "M":
            return moment(value)
        value = value.item()
    if isinstance(value, float):
        if math.isnan(value):
            return None if nan_is_null else {"$number": "NaN"}
        if math.isinf(value):
            return {"$number": "Infinity" if value > 0 else "-Infinity"}
        return {"$number": "-0"} if value == 0 and math.copysign(1, value) < 0 else value
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"$int": str(value)}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": bytes(value).hex()}
    if isinstance(value, dt.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=dt.timezone.utc)
        return {"$timestamp": (aware - EPOCH) // dt.timedelta(milliseconds=1)}
    if isinstance(value, dict):
        return {key: plain(member, nan_is_null) for key, member in value.items()}
    if isinstance(value, (list, tuple)) or hasattr(value, "__iter__"):
        return [plain(member, nan_is_null) for member in value]
    raise TypeError(f"{type(value)}: {value!r}")


def moment(value):
    """A numpy datetime."""
    milliseconds = value.astype("datetime64[ms]").astype("int64").item()
    return None if milliseconds == -(2**63) else {"$timestamp": milliseconds}


def arrow_column(array):
    """An Arrow array in the notation; Python's own datetimes end with the year 9999, and ours do not."""
    import pyarrow as pa
    import pyarrow.compute as pc

    type = array.type
    if isinstance(array, pa.ChunkedArray):
        return [value for chunk in array.chunks for value in arrow_column(chunk)]
    if pa.types.is_dictionary(type):
        return arrow_column(array.dictionary_decode())
    if pa.types.is_timestamp(type):
        times, parts = UNITS[type.unit]
        return [None if value is None else {"$timestamp": value * times // parts} for value in array.cast(pa.int64()).to_pylist()]
    if pa.types.is_struct(type):
        columns = [arrow_column(column) for column in array.flatten()]
        names = [type.field(index).name for index in range(type.num_fields)]
        valid = array.is_valid().to_pylist()
        cells = zip(*columns) if columns else ((),) * len(array)
        return [dict(zip(names, row)) if there else None for row, there in zip(cells, valid)]
    if pa.types.is_list(type) or pa.types.is_large_list(type):
        values = iter(arrow_column(array.flatten()))
        lengths = pc.list_value_length(array).to_pylist()
        return [None if length is None else [next(values) for _ in range(length)] for length in lengths]
    return [plain(value) for value in array.to_pylist()]


def arrow_rows(table):
    """The types and the rows of an Arrow table."""
    columns = [arrow_column(column) for column in table.columns]
    names = table.schema.names
    rows = [dict(zip(names, row)) for row in zip(*columns)] if columns else [{} for _ in range(table.num_rows)]
    return {field.name: str(field.type) for field in table.schema}, rows


def operand(value, kind):
    """An operand of a filter as Python's value."""
    if isinstance(value, dict):
        if "$number" in value:
            return float(value["$number"])
        if "$int" in value:
            return int(value["$int"])
        if "$bytes" in value:
            return bytes.fromhex(value["$bytes"])
        return EPOCH + dt.timedelta(milliseconds=value["$timestamp"])
    return float(value) if kind == "double" else value


SQL = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def sql_condition(column, condition, literal):
    """A filter as a condition of SQL; `literal` writes one operand of a kind."""
    op, kind = condition["op"], condition["kind"]
    values = [literal(operand(value, kind), kind) for value in condition["values"]]
    if op in SQL:
        return f"{column} {SQL[op]} {values[0]}"
    if op == "in":
        return f"{column} IN ({', '.join(values)})"
    if op == "between":
        return f"{column} BETWEEN {values[0]} AND {values[1]}"
    return f"{column} IS NULL" if op == "null" else f"{column} IS NOT NULL"


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def python_condition(column, condition, isin, isnull):
    """A filter by Python's operators, for engines whose expressions have them."""
    kind = condition["kind"]
    values = [operand(value, kind) for value in condition["values"]]
    first = values[0] if values else None
    return {
        "eq": lambda: column == first,
        "ne": lambda: column != first,
        "lt": lambda: column < first,
        "le": lambda: column <= first,
        "gt": lambda: column > first,
        "ge": lambda: column >= first,
        "in": lambda: isin(column, values),
        "between": lambda: (column >= first) & (column <= values[1]),
        "null": lambda: isnull(column),
        "valid": lambda: ~isnull(column),
    }[condition["op"]]()


def attempt(act):
    """What `act` gives, or what it said."""
    try:
        return {"value": act()}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # Rust's panics are no Exceptions.
        return {"error": f"{type(error).__name__}: {error}".strip()[:600]}


def counts(file, counter):
    """The count of every filter, by a counter made for the file."""
    made = attempt(lambda: counter(file["path"]))
    if "error" in made:
        return [made for _ in file["filters"]]
    return [attempt(lambda: int(made["value"](condition))) for condition in file["filters"]]


def main(read, pruned=None, unpruned=None, folder=None, extra=None):
    """`read(path)` gives types and rows; `pruned(path)` and `unpruned(path)` give a counter of filters, with and without what skips data; `folder(path)` the rows of a folder."""
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    results = {}
    for file in task["files"]:
        got = attempt(lambda: read(file["path"]))
        result = {"error": got["error"]} if "error" in got else dict(zip(("types", "rows"), got["value"]))
        if isinstance(result.get("types", {}).get("id"), str) and all(isinstance(row["id"], int) for row in result["rows"]):
            # Engines that read with several threads promise no order.
            result["rows"].sort(key=lambda row: row["id"])
        if file.get("filters") and pruned:
            result["pruned"] = counts(file, pruned)
            if unpruned and file["unpruned"]:
                result["unpruned"] = counts(file, unpruned)
        results[file["name"]] = result
    folders = {name: attempt(lambda: plain(folder(path))) for name, path in task.get("folders", {}).items()} if folder else {}
    text = json.dumps({"files": results, "folders": folders, **({"extra": extra()} if extra else {})})
    Path(sys.argv[2]).write_text(text, encoding="utf-8")
