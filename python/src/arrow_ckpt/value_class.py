"""What the values of a column are, as far as the parts of a folder must agree on it: numbers of all widths are one class, times of all
units, too. As in the package for Node."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from .variant_shape import Inside, children_of

__all__ = ["ValueClass", "foreign_class", "holds", "joined", "planned_class"]

_PLANNED = {
    "null": "null",
    "num": "number",
    "bool": "boolean",
    "text": "text",
    "json": "any",
    "date": "date",
    "bytes": "bytes",
    "big": "bigint",
    "f64s": "Float64Array",
    "f32s": "Float32Array",
}


@dataclass(frozen=True)
class ValueClass:
    """``of``: ``any`` is JSON text of ours, which holds anything; ``null`` is nothing."""

    of: str
    element: ValueClass | None = None
    fields: dict[str, ValueClass] | None = None


def planned_class(plan: dict[str, Any]) -> ValueClass:
    if plan["t"] == "list":
        return ValueClass("list", planned_class(plan["e"]))
    if plan["t"] == "struct":
        return ValueClass("object", fields={one.get("n", one["k"]): planned_class(one["v"]) for one in plan["f"]})
    return ValueClass(_PLANNED[plan["t"]])


def foreign_class(type_: pa.DataType, inside: Inside | None, top: bool = True) -> ValueClass:
    """``top``: of a column, whose decimals and times are no texts; those inside of lists and objects are."""
    if inside is not None and inside.parts is not None:
        return ValueClass("variant")
    if isinstance(type_, pa.BaseExtensionType):
        if type_.extension_name == "arrow.uuid":
            return ValueClass("uuid" if top else "text")
        return foreign_class(type_.storage_type, inside, top)
    types = pa.types
    children = children_of(type_)
    within = [foreign_class(one, None if inside is None else inside.children[at], False) for at, one in enumerate(children)]
    if types.is_struct(type_):
        return ValueClass("object", fields=dict(zip((field.name for field in type_), within)))
    if types.is_map(type_):
        return ValueClass("map", ValueClass("object", fields=dict(zip(("key", "value"), within))))
    if within:
        return ValueClass("list", within[0])
    return _leaf_class(type_, top)


def _leaf_class(type_: pa.DataType, top: bool) -> ValueClass:
    types = pa.types
    if types.is_dictionary(type_):
        return foreign_class(type_.value_type, None, top)
    if types.is_decimal(type_) or types.is_time(type_):
        return ValueClass(("decimal" if types.is_decimal(type_) else "time") if top else "text")
    if types.is_boolean(type_):
        return ValueClass("boolean")
    if types.is_date(type_) or types.is_timestamp(type_):
        return ValueClass("date")
    if types.is_integer(type_) or types.is_floating(type_) or types.is_duration(type_):
        return ValueClass("number")
    return ValueClass("null" if types.is_null(type_) else "bytes" if "binary" in str(type_) else "text")


def joined(one: ValueClass, other: ValueClass) -> ValueClass | None:
    """The class that holds the values of both as they are; ``None`` where there is none."""
    if one.of == "null" or other.of == "any":
        return other
    if other.of == "null" or one.of == "any":
        return one
    if one.of != other.of:
        return None
    if one.element is not None and other.element is not None:
        element = joined(one.element, other.element)
        return None if element is None else replace(one, element=element)
    if one.fields is None or other.fields is None:
        return one
    fields = dict(one.fields)
    for name, value in other.fields.items():
        both = joined(fields[name], value) if name in fields else value
        if both is None:
            return None
        fields[name] = both
    return replace(one, fields=fields)


def holds(value: ValueClass, of: str) -> bool:
    """Whether there is such a class in it."""
    if value.element is not None:
        return holds(value.element, of)
    return value.of == of or any(holds(one, of) for one in (value.fields or {}).values())
