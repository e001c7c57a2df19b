"""What the package is for: a checkpoint as rows, as an Arrow table, as a frame of pandas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import pyarrow as pa

from .columns import Columns
from .errors import CheckpointError
from .extended_json import loads
from .footer import Footer
from .plan_values import objects_of, values_of
from .row_table import table_of
from .text_files import read_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Info", "batches", "info", "load", "rows", "table", "to_pandas"]

Row = dict[str, Any]
StrPath = Union[str, "PathLike[str]"]
MAGIC = b"PAR1"
BATCH_ROWS = 16_384


@dataclass(frozen=True)
class Info:
    """What is known of a checkpoint without its rows.

    Attributes:
        rows: How many.
        hash: The hash of the operation that made it; ``None`` for none.
        metadata: Texts by key, as they were saved.
        columns: The keys of the rows, in the order of the columns.
        version: Of the format; ``None`` for another program's file.
        is_thin: Values are in other files: see docs/deltas.md.
    """

    path: Path
    format: str
    bytes: int
    rows: int
    hash: str | None
    metadata: dict[str, str]
    columns: list[str]
    version: int | None
    is_thin: bool


def info(path: StrPath) -> Info:
    """What is known of a checkpoint without its rows. JSON files are read to their end."""
    place = checked(path)
    if not _is_parquet(place):
        head, found = read_text(place)
        keys: dict[str, None] = {}
        count = 0
        for row in found:
            count += 1
            keys.update(dict.fromkeys(row))
        format_ = "jsonl" if place.suffix in (".jsonl", ".ndjson") else "json"
        size = place.stat().st_size
        version = head.get("version")
        return Info(place, format_, size, count, head.get("hash"), head.get("metadata", {}), list(keys), version, False)
    with Columns(place) as columns:
        footer = columns.footer
        names = [one["k"] for one in footer.plan["row"]["f"]] if footer.plan is not None else columns.names
        count = columns.file.metadata.num_rows
        return Info(
            place,
            "parquet",
            place.stat().st_size,
            count,
            footer.hash,
            footer.metadata,
            names,
            footer.version,
            bool(footer.references),
        )


def rows(path: StrPath, columns: Sequence[str] | None = None) -> Iterator[Row]:
    """The rows one by one, exactly as they were saved: keys in their order, missing ones missing.

    A ``bigint`` is a :class:`BigInt`, ``undefined`` is :data:`UNDEFINED`, a date a ``datetime`` in UTC (or a
    :class:`JsDate`), bytes ``bytes``, a Float64Array an ``array`` of ``'d'``, a Float32Array one of ``'f'``.

    Args:
        path: Of a Parquet, JSON or JSON lines checkpoint.
        columns: Top-level keys that are wanted; others are not read. Default: all.

    Raises:
        CheckpointError: ``ERR_CKPT_NOT_FOUND``, ``ERR_CKPT_CORRUPT``, ``ERR_CKPT_FORMAT_VERSION``, ``ERR_CKPT_BASE``,
            ``ERR_CKPT_UNKNOWN_COLUMN``.
    """
    for batch in batches(path, columns):
        yield from batch


def load(path: StrPath, columns: Sequence[str] | None = None) -> list[Row]:
    """All rows: see :func:`rows`."""
    return list(rows(path, columns))


def batches(path: StrPath, columns: Sequence[str] | None = None, size: int = BATCH_ROWS) -> Iterator[list[Row]]:
    """The rows in lists of at most ``size``: see :func:`rows`. Memory holds one of them."""
    place = checked(path, columns)
    if size < 1:
        raise CheckpointError("ERR_CKPT_INVALID_ARGUMENT", f"size must be 1 or more, got {size}")
    if _is_parquet(place):
        return _parquet_batches(place, columns, size)
    return _text_batches(place, columns, size)


def _text_batches(path: Path, columns: Sequence[str] | None, size: int) -> Iterator[list[Row]]:
    _, found = read_text(path)
    wanted = None if columns is None else set(columns)
    unseen = dict.fromkeys(columns or ())
    any_rows = False
    while batch := list(islice(found, size)):
        any_rows = True
        for name in [name for name in unseen if any(name in row for row in batch)]:
            del unseen[name]
        yield batch if wanted is None else [_only(row, wanted) for row in batch]
    if unseen and any_rows:
        raise CheckpointError("ERR_CKPT_UNKNOWN_COLUMN", f"no row of {path} has a column '{next(iter(unseen))}'", str(path))


def _parquet_batches(path: Path, columns: Sequence[str] | None, size: int) -> Iterator[list[Row]]:
    with Columns(path) as opened:
        plan = opened.footer.plan
        if plan is None:
            names = _selected(opened.names, columns, path)
            for batch in opened.batches(names, size):
                yield batch.to_pylist()
            return
        if opened.footer.compat is not None:
            message = f"{path} has rows in the form of {opened.footer.compat}: read it with table(), or as that program does"
            raise CheckpointError("ERR_CKPT_UNSUPPORTED_FILE", message, str(path))
        row = plan["row"]
        keys = [one["k"] for one in row["f"]]
        wanted = _selected(keys, columns, path)
        # Whole rows and shapes count whatever is wanted.
        keeps = set(wanted)
        fields = [one for one in row["f"] if one["k"] in keeps]
        hidden = [name for name in (row.get("h"), plan.get("x")) if name is not None]
        exceptions = [one["v"]["x"] for one in fields if "x" in one["v"]]
        names = [one.get("n", one["k"]) for one in fields] + exceptions + hidden
        for batch in opened.batches(names or _any(opened), size):
            made = _rows_of(batch, plan, fields, keeps)
            yield made if columns is None else [_only(one, keeps) for one in made]


def _any(opened: Columns) -> list[str]:
    return opened.names[:1]


def _only(row: Row, keeps: set[str]) -> Row:
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


def table(path: StrPath, columns: Sequence[str] | None = None) -> pa.Table:
    """The columns as an Arrow table, without the hidden ones: what other engines see.

    The columns have their names in the file. A value that is not of its column's type is null here: :func:`rows` has it. Values that are
    in other files are put in their place.

    Args:
        path: Of a checkpoint. JSON has no types: its columns get those of their values.
        columns: Names of columns. Default: all.
    """
    place = checked(path, columns)
    if not _is_parquet(place):
        return table_of(load(place, columns), columns)
    with Columns(place, whole=True) as opened:
        names = _selected(shown(opened.footer, opened.names), columns, place)
        if not opened.footer.references:
            return opened.file.read(columns=names).select(names)
        found = list(opened.batches(names, BATCH_ROWS))
        return pa.Table.from_batches(found, None if found else opened.schema(names))


def shown(footer: Footer, names: list[str]) -> list[str]:
    if footer.plan is None:
        return names
    return [one.get("n", one["k"]) for one in footer.plan["row"]["f"]]


def to_pandas(path: StrPath, columns: Sequence[str] | None = None, **options: Any) -> pd.DataFrame:
    """The table as a frame of pandas. ``options`` are those of ``pyarrow.Table.to_pandas``."""
    return table(path, columns).to_pandas(**options)


def _selected(names: list[str], columns: Sequence[str] | None, path: Path) -> list[str]:
    if columns is None:
        return names
    for name in columns:
        if name not in names:
            message = f"{path} has no column '{name}'; it has {', '.join(map(repr, names[:20]))}"
            raise CheckpointError("ERR_CKPT_UNKNOWN_COLUMN", message, str(path))
    return list(columns)


def checked(path: StrPath, columns: Sequence[str] | None = None) -> Path:
    place = Path(path)
    if isinstance(columns, str):
        raise CheckpointError("ERR_CKPT_INVALID_ARGUMENT", f"columns must be a list of names, got '{columns}'")
    if not place.exists():
        raise CheckpointError("ERR_CKPT_NOT_FOUND", f"{place}: no such file", str(place))
    if place.is_dir():
        raise CheckpointError("ERR_CKPT_NOT_A_FILE", f"{place} is a folder; name the file of a checkpoint", str(place))
    return place


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == MAGIC
