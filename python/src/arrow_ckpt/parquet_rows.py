"""Rows, tables and facts of one Parquet file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from .columns import Columns
from .errors import CheckpointError, reading
from .extended_json import loads
from .footer import Footer
from .foreign_values import foreign_rows
from .info import Info
from .places import Place
from .plan_values import objects_of, values_of
from .variant_texts import shown_variants

__all__ = ["BATCH_ROWS", "Row", "keys_of", "only", "parquet_batches", "parquet_info", "parquet_table", "selected", "shown"]

Row = dict[str, Any]
BATCH_ROWS = 16_384


def parquet_info(place: Place) -> Info:
    with Columns(place) as opened:
        footer = opened.footer
        count = opened.file.metadata.num_rows
        is_thin = bool(footer.references)
        size = place.size()
        return Info(place.shown, "parquet", size, count, footer.hash, footer.metadata, keys_of(opened), footer.version, is_thin)


def keys_of(opened: Columns) -> list[str]:
    """The keys of the rows."""
    plan = opened.footer.plan
    return opened.names if plan is None else [one["k"] for one in plan["row"]["f"]]


def parquet_batches(place: Place, columns: Sequence[str] | None, size: int) -> Iterator[list[Row]]:
    with Columns(place) as opened:
        plan = opened.footer.plan
        keys = keys_of(opened)
        wanted = selected(keys, columns, place)
        # Whole rows and shapes count whatever is wanted.
        keeps = set(wanted)
        if plan is None:
            names = [name for name in keys if name in keeps]
            variants = {name: opened.inside(name) for name in names}
            for batch in opened.batches(names or opened.names[:1], size):
                with reading(place):
                    made = foreign_rows(batch, variants)
                yield made
            return
        if opened.footer.compat is not None:
            message = f"{place} has rows in the form of {opened.footer.compat}: read it with table(), or as that program does"
            raise CheckpointError("ERR_CKPT_UNSUPPORTED_FILE", message, str(place))
        row = plan["row"]
        fields = [one for one in row["f"] if one["k"] in keeps]
        hidden = [name for name in (row.get("h"), plan.get("x")) if name is not None]
        exceptions = [one["v"]["x"] for one in fields if "x" in one["v"]]
        names = [one.get("n", one["k"]) for one in fields] + exceptions + hidden
        for batch in opened.batches(names or opened.names[:1], size):
            made = _rows_of(batch, plan, fields, keeps)
            yield made if columns is None else [only(one, keeps) for one in made]


def only(row: Row, keeps: set[str]) -> Row:
    return row if row.keys() <= keeps else {key: value for key, value in row.items() if key in keeps}


def _rows_of(batch: pa.RecordBatch, plan: dict[str, Any], fields: list[dict[str, Any]], keeps: set[str]) -> list[Row]:
    row = plan["row"]
    columns: dict[str, list[Any]] = {}
    for one in fields:
        name, inner = one.get("n", one["k"]), one["v"]
        values = values_of(batch.column(name), inner)
        if "x" in inner:
            for at, text in enumerate(batch.column(inner["x"]).to_pylist()):
                if text is not None:
                    values[at] = loads(text)
        columns[name] = values
    kept = {index: place for place, index in enumerate(i for i, one in enumerate(row["f"]) if one["k"] in keeps)}
    slim = {"f": fields, "s": [[kept[index] for index in shape if index in kept] for shape in row["s"]]}
    shapes = batch.column(row["h"]).to_pylist() if "h" in row else None
    made = objects_of(columns, shapes, slim, batch.num_rows)
    if "x" in plan:
        for at, text in enumerate(batch.column(plan["x"]).to_pylist()):
            if text is not None:
                made[at] = loads(text)
    return made


def parquet_table(place: Place, columns: Sequence[str] | None) -> pa.Table:
    with Columns(place, whole=True) as opened:
        names = selected(shown(opened.footer, opened.names), columns, place)
        if not opened.footer.references:
            variants = {name: inside for name in names if (inside := opened.inside(name)) is not None}
            found = opened.whole(names)
            with reading(place):
                return shown_variants(found, variants) if variants else found
        batches = list(opened.batches(names, BATCH_ROWS))
        return pa.Table.from_batches(batches, None if batches else opened.schema(names))


def shown(footer: Footer, names: list[str]) -> list[str]:
    """The names of the columns that are not hidden."""
    if footer.plan is None:
        return names
    return [one.get("n", one["k"]) for one in footer.plan["row"]["f"]]


def selected(names: Sequence[str], columns: Sequence[str] | None, place: Place) -> list[str]:
    """Those that are wanted. Raises ``ERR_CKPT_UNKNOWN_COLUMN``."""
    for name in columns or ():
        if name not in names:
            message = f"{place} has no column '{name}'; it has {', '.join(map(repr, names[:20]))}"
            raise CheckpointError("ERR_CKPT_UNKNOWN_COLUMN", message, str(place))
    return list(names if columns is None else columns)
