"""Arrow arrays of other writers' files as values: docs/foreign.md, with a type of Python's where there is one that holds the value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .nulls import with_nulls
from .times import date_from, time_text, timestamp_from
from .values import SAFE, BigInt
from .variant_columns import variants_of
from .variant_shape import Inside

__all__ = ["foreign_rows", "foreign_values", "lists_of"]

_DAY_MS = 86_400_000
_PER_SECOND = {"s": 1, "ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}


def foreign_values(data: pa.Array, inside: Inside | None = None) -> list[Any]:
    """The values of a column or an inner array, ``None`` for null.

    Args:
        inside: The VARIANTs in it.

    Raises:
        UnicodeDecodeError: For texts that are not UTF-8.
        CheckpointError: What :func:`~arrow_ckpt.variant_value.variant_value` raises.
    """
    type_ = data.type
    types = pa.types
    if isinstance(type_, pa.BaseExtensionType) and type_.extension_name != "arrow.uuid":
        return foreign_values(data.storage, inside)
    if inside is not None and inside.parts is not None:
        return variants_of(data, inside.parts, inside.column, foreign_values)
    within = (None, None) if inside is None else inside.children
    if types.is_struct(type_):
        return _structs(data, inside)
    if types.is_map(type_):
        return _maps(data, within[0], within[1])
    if types.is_list(type_) or types.is_large_list(type_):
        return lists_of(data, foreign_values(_items(data), within[0]))
    if types.is_fixed_size_list(type_):
        size = type_.list_size
        items = foreign_values(data.values.slice(data.offset * size, len(data) * size), within[0])
        return with_nulls([items[at * size : (at + 1) * size] for at in range(len(data))], data)
    if types.is_dictionary(type_):
        return foreign_values(data.dictionary_decode())
    if types.is_integer(type_):
        return _integers(data)
    if types.is_duration(type_):
        # Parquet has no such type: a file has integers.
        return _integers(data.cast(pa.int64()))
    if types.is_date(type_):
        unit, plain = (_DAY_MS, pa.int32()) if types.is_date32(type_) else (1, pa.int64())
        return [None if number is None else date_from(number * unit) for number in data.cast(plain).to_pylist()]
    if types.is_timestamp(type_):
        unit = _PER_SECOND[type_.unit]
        is_utc = type_.tz is not None
        return [None if number is None else timestamp_from(number, unit, is_utc) for number in data.cast(pa.int64()).to_pylist()]
    if types.is_time(type_):
        # Parquet has no seconds: a file has milliseconds of them.
        digits, factor = {"s": (3, 1000), "ms": (3, 1), "us": (6, 1), "ns": (9, 1)}[type_.unit]
        numbers = data.cast(pa.int32() if types.is_time32(type_) else pa.int64()).to_pylist()
        return [None if number is None else time_text(number * factor, digits) for number in numbers]
    values: list[Any] = data.to_pylist()
    return values


def _integers(data: pa.Array) -> list[Any]:
    values: list[Any] = data.to_pylist()
    if data.type.bit_width < 64 or len(data) == data.null_count:
        return values
    least, most = (pc.min_max(data)[side].as_py() for side in ("min", "max"))
    if least >= -SAFE and most <= SAFE:
        return values
    return [value if value is None or -SAFE <= value <= SAFE else BigInt(value) for value in values]


def _structs(data: pa.StructArray, inside: Inside | None) -> list[Any]:
    within = [None] * data.type.num_fields if inside is None else inside.children
    inner = [(field.name, foreign_values(values, one)) for field, values, one in zip(data.type, data.flatten(), within)]
    names = [name for name, _ in inner]
    if not names:
        return with_nulls([{} for _ in range(len(data))], data)
    return with_nulls([dict(zip(names, cells)) for cells in zip(*(values for _, values in inner))], data)


def _maps(data: pa.MapArray, key: Inside | None, item: Inside | None) -> list[Any]:
    """Objects where the keys become strings in JavaScript, else lists of pairs."""
    first, end = _range(data)
    keys = foreign_values(data.keys.slice(first, end - first), key)
    items = foreign_values(data.items.slice(first, end - first), item)
    pairs = lists_of(data, list(zip(keys, items)))
    if not is_text_key(data.type.key_type):
        return [None if one is None else [list(pair) for pair in one] for one in pairs]
    return [None if one is None else {f"{key:f}" if isinstance(key, Decimal) else str(key): value for key, value in one} for one in pairs]


def is_text_key(type_: pa.DataType) -> bool:
    types = pa.types
    if types.is_dictionary(type_):
        return is_text_key(type_.value_type)
    if isinstance(type_, pa.BaseExtensionType):
        return type_.extension_name == "arrow.uuid" or is_text_key(type_.storage_type)
    is_text = types.is_string(type_) or types.is_large_string(type_) or "string_view" in str(type_)
    return is_text or types.is_decimal(type_) or types.is_time(type_)


def _range(data: pa.Array) -> tuple[int, int]:
    offsets = data.offsets
    return (offsets[0].as_py(), offsets[-1].as_py()) if len(offsets) > 0 else (0, 0)


def _items(data: pa.Array) -> pa.Array:
    first, end = _range(data)
    return data.values.slice(first, end - first)


def lists_of(data: pa.Array, items: list[Any]) -> list[Any]:
    """Lists of the items of a list or map array, beginning at its first one."""
    offsets = data.offsets.to_pylist()
    first = offsets[0] if offsets else 0
    return with_nulls([items[a - first : b - first] for a, b in zip(offsets, offsets[1:])], data)


def foreign_rows(batch: pa.RecordBatch, variants: dict[str, Inside | None]) -> list[dict[str, Any]]:
    """The rows of a batch, each with the names of these columns, which have these VARIANTs in them."""
    if not variants:
        return [{} for _ in range(batch.num_rows)]
    columns = (foreign_values(batch.column(name), inside) for name, inside in variants.items())
    return [dict(zip(variants, cells)) for cells in zip(*columns)]
