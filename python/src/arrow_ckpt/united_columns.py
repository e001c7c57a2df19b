"""The columns of all parts of a folder, united by name."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from .columns import Columns
from .errors import CheckpointError
from .hive import HiveType
from .places import Place
from .united_types import united_type
from .value_class import ValueClass, foreign_class, holds, joined, planned_class
from .variant_shape import Inside
from .variant_texts import text_type

__all__ = ["PartColumn", "TableColumn", "UnitedColumns", "columns_of"]


@dataclass(frozen=True)
class PartColumn:
    """A column of one part. ``name``: in the file and in tables; ``key``: in rows."""

    key: str
    name: str
    value: ValueClass
    type: pa.DataType


@dataclass(frozen=True)
class TableColumn:
    """A column of a folder's table. ``as_json``: of JSON text, since some part has such and another does not."""

    name: str
    type: pa.DataType
    as_json: bool = False


def columns_of(opened: Columns) -> list[PartColumn]:
    """The columns of a file without the hidden ones."""
    plan = opened.footer.plan
    if plan is None:
        return [_foreign_column(field, opened.inside(field.name)) for field in opened.schema(opened.names)]
    fields = [(one["k"], one.get("n", one["k"]), planned_class(one["v"])) for one in plan["row"]["f"]]
    types = opened.schema([name for _, name, _ in fields]).types
    return [PartColumn(key, name, value, type_) for (key, name, value), type_ in zip(fields, types)]


def _foreign_column(field: pa.Field, inside: Inside | None) -> PartColumn:
    return PartColumn(field.name, field.name, foreign_class(field.type, inside), text_type(field.type, inside))


@dataclass
class _United:
    value: ValueClass
    #: The first part that has values of it, and the type there.
    first: Place
    type: pa.DataType
    table: TableColumn


class UnitedColumns:
    """In the order in which they come first."""

    def __init__(self) -> None:
        self._columns: dict[str, _United] = {}

    @property
    def keys(self) -> list[str]:
        return list(self._columns)

    @property
    def table(self) -> dict[str, TableColumn]:
        return {key: united.table for key, united in self._columns.items()}

    def add(self, place: Place, columns: list[PartColumn]) -> None:
        """Adds a part. Raises ``ERR_CKPT_PARTS_DIFFER`` where a column is of another type than in an earlier part."""
        for column in columns:
            before = self._columns.get(column.key)
            if before is None:
                table = TableColumn(column.name, column.type)
                self._columns[column.key] = _United(column.value, place, column.type, table)
                continue
            both = joined(before.value, column.value)
            if both is None:
                raise _differs(place, column.key, str(column.type), before)
            if before.value.of == "null":
                before.first, before.type = place, column.type
            before.table = _together(before, column)
            before.value = both

    def given_as(self, key: str, type_: HiveType, place: Place) -> HiveType:
        """The type of values that names of folders give to a column which other parts hold themselves: so that rows of all have one."""
        united = self._columns.get(key)
        of = "null" if united is None else united.value.of
        given: HiveType = "string" if of == "text" else type_
        if united is not None and of not in ("any", "null", "text") and (of != "number" or type_ != "int64"):
            raise _differs(place, key, f"{type_} by the names of folders", united)
        arrow = pa.int64() if given == "int64" else pa.string()
        if united is None:
            self._columns[key] = _United(ValueClass("number" if given == "int64" else "text"), place, arrow, TableColumn(key, arrow))
        elif of != "any":
            united.table = TableColumn(united.table.name, united_type(united.table.type, arrow) or arrow)
        elif not united.table.as_json:
            united.table = TableColumn(united.table.name, pa.string(), True)
        return given


def _together(before: _United, column: PartColumn) -> TableColumn:
    table = before.table
    if table.as_json:
        return table
    # A column of nothing but nulls has a type all the same.
    if column.value.of == "null":
        return table
    if before.value.of == "null":
        return TableColumn(table.name, column.type)
    is_mixed = before.value != column.value and (holds(before.value, "any") or holds(column.value, "any"))
    both = None if is_mixed else united_type(table.type, column.type)
    return TableColumn(table.name, pa.string(), True) if both is None else TableColumn(table.name, both)


def _differs(place: Place, key: str, type_: str, first: _United) -> CheckpointError:
    what = f"a {type_} of other fields than in" if str(first.type) == type_ else f"{type_}, and {first.type} in"
    message = f"{place}: column '{key}' is {what} {first.first}; write the parts with one type, or read them one by one"
    return CheckpointError("ERR_CKPT_PARTS_DIFFER", message, str(place))
