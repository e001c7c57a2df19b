"""Which groups of a Parquet file's schema are VARIANTs. pyarrow shows them as structs and does not tell."""

from __future__ import annotations

from collections.abc import Iterator

from .errors import corrupt
from .places import Place

__all__ = ["variant_groups"]

#: Fields of Parquet's Thrift: of FileMetaData, of SchemaElement, and of LogicalType.
_SCHEMA, _NAME, _CHILDREN, _LOGICAL, _VARIANT = 2, 4, 5, 10, 16
#: Types of Thrift's compact protocol.
_STOP, _TRUE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 0, 1, 3, 7, 8, 9, 10, 12
_TAIL = 8
MAX_DEPTH = 64


def variant_groups(place: Place) -> set[tuple[int, int]]:
    """The first leaf of each VARIANT, and how many it has. The file was opened before: it has a footer."""
    with place.open() as file:
        file.seek(-_TAIL, 2)
        length = int.from_bytes(file.read(_TAIL)[:4], "little")
        file.seek(-_TAIL - length, 2)
        footer = file.read(length)
    try:
        return _groups(list(_Thrift(footer).schema()))
    except (IndexError, ValueError) as error:
        raise corrupt(str(place), "its footer is not as Parquet has it") from error


def _groups(elements: list[tuple[int, bool]]) -> set[tuple[int, int]]:
    """``elements``: how many children each has, and whether it is a VARIANT; each before its children."""
    found: set[tuple[int, int]] = set()
    #: Open groups: children that are to come, first leaf, whether it is a VARIANT.
    above: list[list[int]] = []
    leaves = 0
    for children, is_variant in elements:
        if children > 0:
            above.append([children, leaves, is_variant])
            continue
        leaves += 1
        while above:
            above[-1][0] -= 1
            if above[-1][0] > 0:
                break
            _, first, is_open = above.pop()
            if is_open:
                found.add((first, leaves - first))
    return found


class _Thrift:
    """As much of Thrift's compact protocol as a schema needs."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def schema(self) -> Iterator[tuple[int, bool]]:
        for field, type_ in self._fields():
            if field == _SCHEMA:
                for _ in range(self._list()[0]):
                    yield self._element()
                return
            self._skip(type_, 0)

    def _element(self) -> tuple[int, bool]:
        children, is_variant = 0, False
        for field, type_ in self._fields():
            if field == _CHILDREN:
                children = self._zigzag()
            elif field == _LOGICAL:
                for kind, inner in self._fields():
                    is_variant = is_variant or kind == _VARIANT
                    self._skip(inner, 1)
            else:
                self._skip(type_, 0)
        return children, is_variant

    def _fields(self) -> Iterator[tuple[int, int]]:
        field = 0
        while True:
            header = self._byte()
            type_ = header & 15
            if type_ == _STOP:
                return
            field = field + (header >> 4) if header >> 4 else self._zigzag()
            yield field, type_

    def _list(self) -> tuple[int, int]:
        header = self._byte()
        return (self._varint() if header >> 4 == 15 else header >> 4), header & 15

    def _skip(self, type_: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ValueError("deep")
        if type_ == _BINARY:
            length = self._varint()
            self._at += length
        elif type_ in (_LIST, _SET):
            count, inner = self._list()
            for _ in range(count):
                self._skip(_BYTE if inner <= _BYTE else inner, depth + 1)
        elif type_ == _STRUCT:
            for _, inner in self._fields():
                self._skip(inner, depth + 1)
        elif type_ == _DOUBLE:
            self._at += 8
        elif type_ == _BYTE:
            self._at += 1
        elif type_ > _BYTE:
            self._varint()

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise ValueError("long")

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
