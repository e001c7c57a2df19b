"""Arrow arrays as the values that were saved: FORMAT.md, section 3."""

from __future__ import annotations

from array import array
from typing import Any

import pyarrow as pa

from .extended_json import loads
from .nulls import with_nulls
from .values import BigInt, date_of

__all__ = ["objects_of", "values_of"]

Plan = dict[str, Any]


def values_of(data: pa.Array, plan: Plan) -> list[Any]:
    """The values of a column or an inner array, ``None`` for null."""
    kind = plan["t"]
    if kind == "struct":
        return _structs(data, plan)
    if kind == "list":
        return _lists(data, plan["e"])
    if kind in ("f64s", "f32s"):
        return _numbers(data, "d" if kind == "f64s" else "f")
    if kind == "date":
        return [None if ms is None else date_of(ms) for ms in data.cast(pa.int64()).to_pylist()]
    values: list[Any] = data.to_pylist()
    if kind == "json":
        return [None if text is None else loads(text) for text in values]
    if kind == "big":
        return [None if value is None else BigInt(value) for value in values]
    return values


def objects_of(columns: dict[str, list[Any]], shapes: list[int | None] | None, plan: Plan, count: int) -> list[dict[str, Any]]:
    """Objects of columns by stored name, each with the keys of its shape in their order."""
    fields = [(one["k"], columns[_stored(one)]) for one in plan["f"]]
    if shapes is None or all(shape in (None, 0) for shape in shapes):
        chosen = [fields[index] for index in plan["s"][0]] if plan["s"] else []
        keys = [key for key, _ in chosen]
        if not keys:
            return [{} for _ in range(count)]
        return [dict(zip(keys, cells)) for cells in zip(*(values for _, values in chosen))]
    orders = [[fields[index] for index in shape] for shape in plan["s"]]
    return [{key: values[at] for key, values in orders[shape or 0]} for at, shape in enumerate(shapes)]


def _stored(field: Plan) -> str:
    name: str = field["n"] if "n" in field else field["k"]
    return name


def _structs(data: pa.StructArray, plan: Plan) -> list[dict[str, Any] | None]:
    inner = {field.name: values for field, values in zip(data.type, data.flatten())}
    columns = {_stored(one): values_of(inner[_stored(one)], one["v"]) for one in plan["f"]}
    hidden = plan.get("h")
    shapes = None if hidden is None else inner[hidden].to_pylist()
    objects: list[dict[str, Any] | None] = list(objects_of(columns, shapes, plan, len(data)))
    if data.null_count > 0:
        for at, valid in enumerate(data.is_valid().to_pylist()):
            if not valid:
                objects[at] = None
    return objects


def _lists(data: pa.ListArray, plan: Plan) -> list[list[Any] | None]:
    offsets = data.offsets.to_pylist()
    first = offsets[0] if offsets else 0
    items = values_of(data.values.slice(first, (offsets[-1] if offsets else 0) - first), plan)
    lists: list[list[Any] | None] = [items[a - first : b - first] for a, b in zip(offsets, offsets[1:])]
    return with_nulls(lists, data)


def _numbers(data: pa.ListArray, code: str) -> list[array[float] | None]:
    offsets = data.offsets.to_pylist()
    inner = data.values
    size = array(code).itemsize
    buffer = inner.buffers()[1]
    view = memoryview(b"" if buffer is None else buffer)
    vectors: list[array[float] | None] = []
    for a, b in zip(offsets, offsets[1:]):
        vector: array[float] = array(code)
        vector.frombytes(view[(inner.offset + a) * size : (inner.offset + b) * size])
        vectors.append(vector)
    return with_nulls(vectors, data)
