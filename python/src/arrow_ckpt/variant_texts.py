"""Tables in which VARIANTs are JSON text: Arrow has no type that holds another one in each row."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from .extended_json import dumps
from .foreign_values import foreign_values
from .variant_shape import Inside

__all__ = ["shown_variants", "text_type"]


def text_type(type_: pa.DataType, inside: Inside | None) -> pa.DataType:
    """The type of a column with its VARIANTs as texts. One of maps with them is text as a whole."""
    if inside is None:
        return type_
    types = pa.types
    if inside.parts is None and types.is_struct(type_):
        return pa.struct([field.with_type(text_type(field.type, one)) for field, one in zip(type_, inside.children)])
    if inside.parts is None and types.is_list(type_):
        return pa.list_(type_.value_field.with_type(text_type(type_.value_type, inside.children[0])))
    return pa.string()


def shown_variants(table: pa.Table, variants: dict[str, Inside]) -> pa.Table:
    """A table with the VARIANTs of these columns as texts."""
    for name, inside in variants.items():
        at = table.column_names.index(name)
        wanted = text_type(table.schema.field(at).type, inside)
        chunks = [_texts(chunk, inside) for chunk in table.column(at).chunks]
        table = table.set_column(at, table.schema.field(at).with_type(wanted), pa.chunked_array(chunks, wanted))
    return table


def _texts(data: pa.Array, inside: Inside | None) -> pa.Array:
    if inside is None:
        return data
    wanted = text_type(data.type, inside)
    mask = data.is_null() if data.null_count > 0 else None
    if pa.types.is_struct(wanted):
        inner = [_texts(values, one) for values, one in zip(data.flatten(), inside.children)]
        return pa.StructArray.from_arrays(inner, fields=list(wanted), mask=mask)
    if pa.types.is_list(wanted):
        first, end = data.offsets[0].as_py(), data.offsets[-1].as_py()
        items = _texts(data.values.slice(first, end - first), inside.children[0])
        offsets = pc.subtract(data.offsets, first)
        return pa.ListArray.from_arrays(offsets, items, type=wanted, mask=mask)
    return pa.array([None if value is None else dumps(value) for value in foreign_values(data, inside)], pa.string())
