"""One Arrow type for a column of several files."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["plain_type", "united_type"]

_UNITS = ("s", "ms", "us", "ns")


def united_type(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """The type that holds the values of both: the wider one of numbers, the finer one of times; ``None`` where there is none."""
    types = pa.types
    one, other = plain_type(one), plain_type(other)
    if one == other or types.is_null(other):
        return one
    if types.is_null(one):
        return other
    if types.is_integer(one) and types.is_integer(other):
        return max(one, other, key=lambda type_: type_.bit_width) if str(one)[0] == str(other)[0] else pa.int64()
    if _is_number(one) and _is_number(other):
        return (
            pa.float32() if types.is_floating(one) and types.is_floating(other) and _is_single(one) and _is_single(other) else pa.float64()
        )
    if types.is_struct(one) and types.is_struct(other):
        return _united_struct(one, other)
    if types.is_map(one) and types.is_map(other):
        key, item = united_type(one.key_type, other.key_type), united_type(one.item_type, other.item_type)
        return None if key is None or item is None else pa.map_(key, item)
    if _is_list(one) and _is_list(other):
        value = united_type(one.value_type, other.value_type)
        return None if value is None else pa.list_(value)
    if types.is_decimal(one) and types.is_decimal(other):
        scale = max(one.scale, other.scale)
        digits = scale + max(one.precision - one.scale, other.precision - other.scale)
        return pa.decimal128(digits, scale) if digits <= 38 else pa.decimal256(digits, scale) if digits <= 76 else None
    if types.is_temporal(one) and types.is_temporal(other):
        return _united_times(one, other)
    return None


def plain_type(type_: pa.DataType) -> pa.DataType:
    """Of several Arrow types for the same values the usual one."""
    if isinstance(type_, pa.BaseExtensionType):
        return plain_type(type_.storage_type)
    if pa.types.is_dictionary(type_):
        return plain_type(type_.value_type)
    text = str(type_)
    if text in ("large_string", "string_view"):
        return pa.string()
    return pa.binary() if text in ("large_binary", "binary_view") or pa.types.is_fixed_size_binary(type_) else type_


def _is_number(type_: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_))


def _is_single(type_: pa.DataType) -> bool:
    return bool(pa.types.is_floating(type_) and type_.bit_width < 64)


def _is_list(type_: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_list(type_) or types.is_large_list(type_) or types.is_fixed_size_list(type_))


def _united_struct(one: pa.StructType, other: pa.StructType) -> pa.DataType | None:
    fields = {field.name: field.type for field in one}
    for field in other:
        both = united_type(fields[field.name], field.type) if field.name in fields else field.type
        if both is None:
            return None
        fields[field.name] = both
    return pa.struct(list(fields.items()))


def _united_times(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    types = pa.types
    if types.is_date(one) and types.is_date(other):
        return pa.date32()
    if types.is_time(one) and types.is_time(other):
        unit = max(one.unit, other.unit, key=_UNITS.index)
        return pa.time64(unit) if unit in ("us", "ns") else pa.time32(unit)
    if types.is_date(one) and types.is_timestamp(other):
        return other
    if types.is_timestamp(one) and types.is_date(other):
        return one
    if types.is_timestamp(one) and types.is_timestamp(other):
        # Without a zone it is read as UTC.
        return pa.timestamp(max(one.unit, other.unit, key=_UNITS.index), one.tz or other.tz)
    return None
