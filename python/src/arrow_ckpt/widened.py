"""Arrow arrays as arrays of a wider type."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["widened"]


def widened(values: pa.Array, wanted: pa.DataType) -> pa.Array:
    """Values of a holder whose column has a narrower type: an integer for a double, a struct that lacks fields."""
    if values.type == wanted:
        return values
    if pa.types.is_struct(wanted) and pa.types.is_struct(values.type):
        inner = [
            widened(pc.struct_field(values, field.name), field.type)
            if values.type.get_field_index(field.name) >= 0
            else pa.nulls(len(values), field.type)
            for field in wanted
        ]
        return pa.StructArray.from_arrays(inner, fields=list(wanted), mask=pc.is_null(values))
    if pa.types.is_list(wanted) and pa.types.is_list(values.type):
        first = values.offsets[0].as_py()
        items = widened(values.values.slice(first, values.offsets[-1].as_py() - first), wanted.value_type)
        offsets = pc.subtract(values.offsets, first)
        return pa.ListArray.from_arrays(offsets, items, type=wanted, mask=pc.is_null(values))
    is_rounded = pa.types.is_integer(values.type) and pa.types.is_floating(wanted)
    try:
        return values.cast(wanted, safe=not is_rounded)
    except pa.ArrowNotImplementedError:
        return pa.array(values.to_pylist(), wanted)
