"""Rows and tables of a folder of parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from .errors import CheckpointError
from .extended_json import dumps
from .folder import READINGS, Folder, KnownPart, survey, unchanged
from .parquet_rows import BATCH_ROWS, Row, parquet_batches, parquet_table, selected
from .places import Place
from .united_columns import TableColumn
from .widened import widened

__all__ = ["folder_batches", "folder_table"]


def folder_batches(place: Place, columns: Sequence[str] | None, size: int) -> Iterator[list[Row]]:
    """The rows, part by part: one is open at a time. Raises ``ERR_CKPT_CHANGED`` for a part that is not what it was."""
    is_given = False
    attempts = 0
    while True:
        attempts += 1
        try:
            for batch in _batches(survey(place), place, columns, size):
                is_given = True
                yield batch
            return
        except CheckpointError as error:
            # Rows that were given out cannot be taken back.
            if is_given or error.code != "ERR_CKPT_CHANGED" or attempts == READINGS:
                raise


def _batches(folder: Folder, place: Place, columns: Sequence[str] | None, size: int) -> Iterator[list[Row]]:
    wanted = set(selected(list(folder.table), columns, place))
    keys = [key for key in folder.table if key in wanted]
    for one in folder.parts:
        own = [key for key in one.keys if key in wanted]
        constants = {key: value for key, value in one.constants.items() if key in wanted}
        every = {key: constants.get(key) for key in keys}
        try:
            for batch in parquet_batches(one.part.place, own, size):
                one.part.check()
                if one.is_full:
                    yield [{**every, **row} for row in batch]
                elif constants:
                    yield [{**row, **{key: value for key, value in constants.items() if key not in row}} for row in batch]
                else:
                    yield batch
        except CheckpointError:
            # What is wrong may be that it is another by now.
            one.part.check()
            raise
        one.part.check()


def folder_table(place: Place, columns: Sequence[str] | None) -> pa.Table:
    return unchanged(lambda: _table(survey(place), place, columns))


def _table(folder: Folder, place: Place, columns: Sequence[str] | None) -> pa.Table:
    by_name = {column.name: (key, column) for key, column in folder.table.items()}
    wanted = [by_name[name] for name in selected(list(by_name), columns, place)]
    schema = pa.schema([(column.name, column.type) for _, column in wanted])
    tables = [_part_table(one, wanted, schema) for one in folder.parts]
    return pa.concat_tables(tables) if tables else schema.empty_table()


def _part_table(one: KnownPart, wanted: list[tuple[str, TableColumn]], schema: pa.Schema) -> pa.Table:
    own = {column.key: column for column in one.columns}
    place = one.part.place
    found = parquet_table(place, [own[key].name for key, column in wanted if key in own and not column.as_json])
    one.part.check()
    arrays = []
    for key, column in wanted:
        if key in own and column.as_json:
            arrays.append(_texts(place, key))
        elif key in own:
            arrays.append(_chunks(found.column(own[key].name), column, place))
        elif one.constants.get(key) is not None:
            value = dumps(one.constants[key]) if column.as_json else one.constants[key]
            arrays.append(pa.repeat(pa.scalar(value).cast(column.type), one.rows))
        else:
            arrays.append(pa.nulls(one.rows, column.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _chunks(data: pa.ChunkedArray, column: TableColumn, place: Place) -> pa.ChunkedArray:
    try:
        return pa.chunked_array([widened(chunk, column.type) for chunk in data.chunks], column.type)
    except pa.ArrowInvalid as error:
        message = f"{place}: column '{column.name}' has values that {column.type}, the type of all parts, does not hold; read the rows"
        raise CheckpointError("ERR_CKPT_PARTS_DIFFER", message, str(place)) from error


def _texts(place: Place, key: str) -> pa.Array:
    found = (row.get(key) for batch in parquet_batches(place, [key], BATCH_ROWS) for row in batch)
    return pa.array([None if value is None else dumps(value) for value in found], pa.string())
