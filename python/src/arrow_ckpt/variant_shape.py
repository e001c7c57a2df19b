"""Where VARIANTs are in the Arrow type of a column, and how they are stored: parquet-format's VariantShredding.md."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from .errors import CheckpointError

__all__ = ["Inside", "Parts", "Shredded", "children_of", "has_candidate", "inside_of", "leaves_of"]


@dataclass(frozen=True)
class Parts:
    """What a value is put together from: its binary ``value``, its shredded ``typed_value``, or both."""

    has_value: bool
    typed: Shredded | None


@dataclass(frozen=True)
class Shredded:
    """``element`` is that of lists. ``fields`` are an object's, in the order that the names of a VARIANT have. Else it is a leaf."""

    element: Parts | None = None
    fields: tuple[tuple[str, Parts], ...] | None = None


@dataclass(frozen=True)
class Inside:
    """A type in which there is a VARIANT. ``parts``: it is one itself; else ``children`` are those of Arrow's type."""

    column: str
    parts: Parts | None
    children: tuple[Inside | None, ...] = ()


def children_of(type_: pa.DataType) -> list[pa.DataType]:
    """The types inside a type; none for one that is stored as one column."""
    types = pa.types
    if isinstance(type_, pa.BaseExtensionType):
        return children_of(type_.storage_type)
    if types.is_struct(type_):
        return [field.type for field in type_]
    if types.is_map(type_):
        return [type_.key_type, type_.item_type]
    if types.is_list(type_) or types.is_large_list(type_) or types.is_fixed_size_list(type_):
        return [type_.value_type]
    return []


def leaves_of(type_: pa.DataType) -> int:
    """How many columns of Parquet it has."""
    children = children_of(type_)
    return sum(map(leaves_of, children)) if children else 1


def has_candidate(type_: pa.DataType) -> bool:
    """Whether there is a struct in it that may be a VARIANT."""
    return _may_be(type_) or any(map(has_candidate, children_of(type_)))


def _may_be(type_: pa.DataType) -> bool:
    struct = type_.storage_type if isinstance(type_, pa.BaseExtensionType) else type_
    return bool(pa.types.is_struct(struct)) and any(field.name == "metadata" and _is_binary(field.type) for field in struct)


def _is_binary(type_: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_binary(type_) or types.is_large_binary(type_)) or str(type_) == "binary_view"


def inside_of(type_: pa.DataType, first: int, groups: set[tuple[int, int]], column: str) -> Inside | None:
    """``None`` where there is no VARIANT.

    Args:
        first: The number of its first leaf in the file.
        groups: See :func:`~arrow_ckpt.variant_groups.variant_groups`.

    Raises:
        CheckpointError: ``ERR_CKPT_UNSUPPORTED_FILE`` for one that is not as the specification says.
    """
    if (first, leaves_of(type_)) in groups and _may_be(type_):
        return Inside(column, _Shape(column).variant(type_))
    found: list[Inside | None] = []
    for child in children_of(type_):
        found.append(inside_of(child, first, groups, column))
        first += leaves_of(child)
    return Inside(column, None, tuple(found)) if any(found) else None


class _Shape:
    def __init__(self, column: str) -> None:
        self._column = column

    def variant(self, type_: pa.DataType) -> Parts:
        struct = type_.storage_type if isinstance(type_, pa.BaseExtensionType) else type_
        others = [field for field in struct if field.name != "metadata"]
        if len(others) != len(list(struct)) - 1:
            raise self._fail("with two columns of the name `metadata`")
        return self._parts(others, "at its top")

    def _parts(self, fields: list[pa.Field], where: str) -> Parts:
        by_name = {field.name: field.type for field in fields}
        if len(by_name) != len(fields) or not fields:
            raise self._fail(f"with two columns of one name, or none, {where}")
        for name, type_ in by_name.items():
            if name != "typed_value" and not (name == "value" and _is_binary(type_)):
                raise self._fail(f"with a column '{name}' of the type {type_} {where}")
        typed = by_name.get("typed_value")
        return Parts("value" in by_name, None if typed is None else self._shredded(typed, where))

    def _shredded(self, type_: pa.DataType, where: str) -> Shredded:
        types = pa.types
        if types.is_list(type_) or types.is_large_list(type_):
            if not types.is_struct(type_.value_type):
                raise self._fail(f"whose list {where} has elements of the type {type_.value_type}")
            return Shredded(element=self._parts(list(type_.value_type), f"in the list {where}"))
        if not types.is_nested(type_):
            return Shredded()
        if not types.is_struct(type_):
            raise self._fail(f"whose typed_value {where} is of the type {type_}")
        fields: list[tuple[str, Parts]] = []
        for field in type_:
            if not types.is_struct(field.type):
                raise self._fail(f"whose field '{field.name}' {where} is of the type {field.type}")
            fields.append((field.name, self._parts(list(field.type), f"in the field '{field.name}' {where}")))
        return Shredded(fields=tuple(sorted(fields, key=lambda one: one[0].encode("utf-8", "surrogatepass"))))

    def _fail(self, what: str) -> CheckpointError:
        advice = "cast it to JSON or to a struct where it was written, or leave the column out"
        return CheckpointError("ERR_CKPT_UNSUPPORTED_FILE", f"column '{self._column}' is a VARIANT {what}; {advice}")
