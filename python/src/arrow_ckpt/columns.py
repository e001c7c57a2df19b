"""Columns of a checkpoint as Arrow arrays, whole or put together from the files that a thin one refers to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .errors import CheckpointError, corrupt, reading
from .footer import Footer, open_parquet
from .holders import open_holder
from .places import Place
from .variant_groups import variant_groups
from .variant_shape import Inside, has_candidate, inside_of, leaves_of
from .widened import widened

__all__ = ["Columns"]


class Columns:
    """An open checkpoint, and those that it refers to. Use it in a ``with``."""

    def __init__(self, path: Place, whole: bool = False) -> None:
        with reading(path):
            self._stamp = path.stamp() if path.is_far else None
        self.file, self.footer = open_parquet(path, whole)
        self._holders: dict[int, _Holder] = {}
        self._groups: set[tuple[int, int]] | None = None

    def __enter__(self) -> Columns:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close(force=True)
        for holder in self._holders.values():
            holder.file.close(force=True)

    @property
    def names(self) -> list[str]:
        """The columns as a whole file would have them, hidden ones too."""
        stored = {part for ref in self.footer.references.values() for part in (ref.rows, ref.holders, ref.own)}
        return [name for name in self.file.schema_arrow.names if name not in stored] + list(self.footer.references)

    def schema(self, names: list[str]) -> pa.Schema:
        """The types of these columns."""
        return pa.schema([(name, self._type(name)) for name in names])

    def batches(self, names: list[str], size: int) -> Iterator[pa.RecordBatch]:
        """These columns in batches of at most ``size`` rows."""
        references = self.footer.references
        stored: list[str] = []
        for name in names:
            reference = references.get(name)
            parts = [name] if reference is None else [reference.rows, reference.holders, reference.own]
            stored.extend(part for part in parts if part is not None)
        found = self._stored(stored, size)
        while True:
            with reading(self.footer.path):
                batch = next(found, None)
                if batch is None:
                    return self._check()
                arrays = [self._array(batch, name) for name in names]
            yield pa.RecordBatch.from_arrays(arrays, names=names)

    def whole(self, names: list[str]) -> pa.Table:
        """All of these columns, none of which is in another file."""
        with reading(self.footer.path):
            found = self.file.read(columns=names).select(names)
            self._check()
            return found

    def _stored(self, names: list[str], size: int) -> Iterator[pa.RecordBatch]:
        if not self.footer.path.is_far:
            return iter(self.file.iter_batches(size, columns=names))
        # What is read ahead is of one row group then.
        groups = range(self.file.metadata.num_row_groups)
        return chain.from_iterable(self.file.iter_batches(size, row_groups=[group], columns=names) for group in groups)

    def _check(self) -> None:
        """Objects of a store can be replaced between two ranges."""
        if self._stamp is not None and self.footer.path.stamp() != self._stamp:
            place = str(self.footer.path)
            raise CheckpointError("ERR_CKPT_CHANGED", f"{place} was replaced while it was read; read it again", place)

    def inside(self, name: str) -> Inside | None:
        """The VARIANTs in a column of another program's file."""
        schema = self.file.schema_arrow
        type_ = schema.field(name).type
        if self.footer.plan is not None or not has_candidate(type_):
            return None
        if self._groups is None:
            self._groups = variant_groups(self.footer.path)
        before = sum(leaves_of(one.type) for one in list(schema)[: schema.names.index(name)])
        with reading(self.footer.path):
            return inside_of(type_, before, self._groups, name)

    def _array(self, batch: pa.RecordBatch, name: str) -> pa.Array:
        reference = self.footer.references.get(name)
        if reference is None:
            return batch.column(name)
        rows = batch.column(reference.rows)
        own = None if reference.own is None else batch.column(reference.own)
        numbers = None if reference.holders is None else batch.column(reference.holders)
        # What is in which file, and where it goes: all pieces behind one another, and then a take.
        pieces = [] if own is None else [own]
        offset = 0 if own is None else len(own)
        places = pa.nulls(len(batch), pa.int64()) if own is None else pa.array(range(len(batch)), pa.int64())
        wanted = own.type if own is not None else None
        for number, column in reference.of:
            here = pc.is_valid(rows) if numbers is None else pc.fill_null(pc.equal(numbers, number), False)
            taken = rows.filter(here)
            if len(taken) == 0:
                continue
            values = self._holder(number).take(column, taken)
            wanted = wanted or values.type
            pieces.append(values if values.type == wanted else widened(values, wanted))
            at = pa.array(range(offset, offset + len(taken)), pa.int64())
            places = pc.replace_with_mask(places, here, at)
            offset += len(taken)
        if not pieces:
            return pa.nulls(len(batch), wanted or self._type(name))
        return pa.concat_arrays(pieces).take(places)

    def _type(self, name: str) -> pa.DataType:
        reference = self.footer.references.get(name)
        if reference is None:
            return self.file.schema_arrow.field(name).type
        if reference.own is not None:
            return self.file.schema_arrow.field(reference.own).type
        number, column = reference.of[0]
        return self._holder(number).file.schema_arrow.field(column).type

    def _holder(self, number: int) -> _Holder:
        found = self._holders.get(number)
        if found is None:
            found = self._holders[number] = _Holder(*open_holder(self.footer.holders[number], self.footer.path))
        return found


class _Holder:
    """A file that has values of another: row groups are read when a row of theirs is wanted, and the last ones are kept."""

    KEPT = 4

    def __init__(self, file: pq.ParquetFile, footer: Footer) -> None:
        self.file = file
        self._path = str(footer.path)
        self._starts = [0]
        for group in range(file.metadata.num_row_groups):
            self._starts.append(self._starts[-1] + file.metadata.row_group(group).num_rows)
        self._kept: dict[tuple[int, str], pa.Array] = {}

    def take(self, column: str, rows: pa.Array) -> pa.Array:
        least, most = (pc.min_max(rows)[side].as_py() for side in ("min", "max"))
        if least < 0 or most >= self._starts[-1]:
            raise corrupt(self._path, f"a checkpoint refers to its rows {least} to {most}, and it has {self._starts[-1]}")
        groups = [g for g in range(len(self._starts) - 1) if self._starts[g] <= most and self._starts[g + 1] > least]
        if len(groups) == 1:
            return self._group(groups[0], column).take(pc.subtract(rows, self._starts[groups[0]]))
        pieces: list[pa.Array] = []
        offset = 0
        places = rows
        for group in groups:
            start, end = self._starts[group], self._starts[group + 1]
            here = pc.and_(pc.greater_equal(rows, start), pc.less(rows, end))
            taken = rows.filter(here)
            if len(taken) == 0:
                continue
            pieces.append(self._group(group, column).take(pc.subtract(taken, start)))
            places = pc.replace_with_mask(places, here, pa.array(range(offset, offset + len(taken)), pa.int64()))
            offset += len(taken)
        return pa.concat_arrays(pieces).take(places)

    def _group(self, group: int, column: str) -> pa.Array:
        kept = self._kept.pop((group, column), None)
        if kept is None:
            read = self.file.read_row_group(group, columns=[column]).column(column)
            kept = pa.concat_arrays(read.chunks) if read.num_chunks != 1 else read.chunk(0)
        self._kept[(group, column)] = kept
        while len(self._kept) > self.KEPT:
            del self._kept[next(iter(self._kept))]
        return kept
