"""Nulls of an Arrow array among values made of it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa


def with_nulls(values: list[Any], data: pa.Array) -> list[Any]:
    """The same list, with None where the array has a null."""
    if data.null_count > 0:
        for at, valid in enumerate(data.is_valid().to_pylist()):
            if not valid:
                values[at] = None
    return values
