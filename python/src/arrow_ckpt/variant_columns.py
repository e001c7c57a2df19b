"""The values of VARIANT columns, put together from their parts: parquet-format's VariantShredding.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from .values import MISSING
from .variant_shape import Parts, Shredded
from .variant_value import MAX_DEPTH, VariantNames, too_deep, variant_fault, variant_value

__all__ = ["variants_of"]

#: Reads a leaf as any other column of its type.
LeafValues = Callable[[pa.Array], list[Any]]


def variants_of(data: pa.StructArray, parts: Parts, column: str, leaf_values: LeafValues) -> list[Any]:
    """The values, ``None`` for null. What may not be there is refused, where the specification leaves the choice."""
    inner = _inner(data)
    metadata = inner["metadata"].to_pylist()
    reader = _Stored(inner, parts, column, leaf_values)
    valid = data.is_valid().to_pylist() if data.null_count > 0 else None
    names: VariantNames | None = None
    found: list[Any] = []
    for at, one in enumerate(metadata):
        if valid is not None and not valid[at]:
            found.append(None)
            continue
        if one is None:
            raise variant_fault(column, "it has no metadata")
        # Rows one after the other mostly have the same.
        if names is None or names.data != one:
            names = VariantNames(one, column)
        found.append(_or_null(reader.value(at, names, 0)))
    return found


def _inner(data: pa.StructArray) -> dict[str, pa.Array]:
    return {field.name: values for field, values in zip(data.type, data.flatten())}


def _or_null(value: Any) -> Any:
    """Where a value must be, one that is missing is null."""
    return None if value is MISSING else value


class _Stored:
    """The parts of the values of a struct array. A group that is null where it should be required has null parts."""

    def __init__(self, inner: dict[str, pa.Array], parts: Parts, column: str, leaf_values: LeafValues) -> None:
        self._column = column
        self._values: list[bytes | None] | None = inner["value"].to_pylist() if parts.has_value else None
        self._typed = None if parts.typed is None else _typed(inner["typed_value"], parts.typed, column, leaf_values)

    def value(self, at: int, names: VariantNames, depth: int) -> Any:
        value = None if self._values is None else self._values[at]
        if self._typed is None or not self._typed.is_there(at):
            return MISSING if value is None else variant_value(value, names, self._column, depth)
        return self._typed.value(at, value, names, depth)


class _Leaf:
    def __init__(self, values: list[Any], column: str) -> None:
        self._values = values
        self._column = column

    def is_there(self, at: int) -> bool:
        return self._values[at] is not None

    def value(self, at: int, value: bytes | None, _names: VariantNames, _depth: int) -> Any:
        if value is not None:
            raise _twice(self._column)
        return self._values[at]


class _List:
    def __init__(self, data: pa.Array, element: Parts, column: str, leaf_values: LeafValues) -> None:
        self._column = column
        self._valid = data.is_valid().to_pylist()
        offsets = data.offsets.to_pylist()
        first, end = (offsets[0], offsets[-1]) if offsets else (0, 0)
        self._offsets = [offset - first for offset in offsets]
        self._elements = _Stored(_inner(data.values.slice(first, end - first)), element, column, leaf_values)

    def is_there(self, at: int) -> bool:
        return bool(self._valid[at])

    def value(self, at: int, value: bytes | None, names: VariantNames, depth: int) -> Any:
        if depth >= MAX_DEPTH:
            raise too_deep(self._column)
        if value is not None:
            raise _twice(self._column)
        return [_or_null(self._elements.value(one, names, depth + 1)) for one in range(self._offsets[at], self._offsets[at + 1])]


class _Object:
    """An object of shredded fields, and of others in its ``value``."""

    def __init__(self, data: pa.StructArray, fields: tuple[tuple[str, Parts], ...], column: str, leaf_values: LeafValues) -> None:
        self._column = column
        self._valid = data.is_valid().to_pylist()
        inner = _inner(data)
        self._fields = [(name, _Stored(_inner(inner[name]), parts, column, leaf_values)) for name, parts in fields]

    def is_there(self, at: int) -> bool:
        return bool(self._valid[at])

    def value(self, at: int, value: bytes | None, names: VariantNames, depth: int) -> Any:
        if depth >= MAX_DEPTH:
            raise too_deep(self._column)
        members = ((name, stored.value(at, names, depth + 1)) for name, stored in self._fields)
        found = {name: member for name, member in members if member is not MISSING}
        if value is None:
            return found
        others = variant_value(value, names, self._column, depth)
        if not isinstance(others, dict):
            raise variant_fault(self._column, "fields of an object are shredded, and the rest of it is no object")
        if not others:
            return found
        for name, _ in self._fields:
            if name in others:
                raise variant_fault(self._column, f"the field '{name}' is shredded, and is in the rest of its object")
        merged = {**found, **others}
        return {name: merged[name] for name in sorted(merged, key=lambda name: name.encode("utf-8", "surrogatepass"))}


def _typed(data: pa.Array, shredded: Shredded, column: str, leaf_values: LeafValues) -> _Leaf | _List | _Object:
    if shredded.element is not None:
        return _List(data, shredded.element, column, leaf_values)
    if shredded.fields is not None:
        return _Object(data, shredded.fields, column, leaf_values)
    return _Leaf(leaf_values(data), column)


def _twice(column: str) -> Exception:
    return variant_fault(column, "a value is there as it is and shredded as well")
