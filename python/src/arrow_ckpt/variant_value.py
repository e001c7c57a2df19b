"""The value in the ``value`` of a VARIANT: parquet-format's VariantEncoding.md."""

from __future__ import annotations

import struct
from decimal import Decimal
from typing import Any
from uuid import UUID

from .errors import CheckpointError
from .times import date_from, time_text, timestamp_from
from .values import SAFE, BigInt

__all__ = ["MAX_DEPTH", "VariantNames", "too_deep", "variant_fault", "variant_value"]

#: Objects and arrays in one another, as in the package for Node.
MAX_DEPTH = 256
_VERSION = 1
_MAX_SCALE = 38
_DAY_MS = 86_400_000
_NUMBERS = {3: "<b", 4: "<h", 5: "<i", 6: "<q", 7: "<d", 14: "<f"}
_DECIMALS = {8: 4, 9: 8, 10: 16}
#: Units of a second, and whether it has a zone.
_TIMESTAMPS = {12: (1_000_000, True), 13: (1_000_000, False), 18: (1_000_000_000, True), 19: (1_000_000_000, False)}


def variant_fault(column: str, what: str, code: str = "ERR_CKPT_CORRUPT") -> CheckpointError:
    message = f"a VARIANT of column '{column}' is damaged: {what}" if code == "ERR_CKPT_CORRUPT" else f"column '{column}' has {what}"
    return CheckpointError(code, message)


def too_deep(column: str) -> CheckpointError:
    return variant_fault(column, f"a VARIANT of more than {MAX_DEPTH} objects and arrays in one another", "ERR_CKPT_LIMIT")


class VariantNames:
    """The names in the ``metadata`` of a VARIANT. Each is made when it is asked for first: a file may have many that no value uses."""

    def __init__(self, data: bytes, column: str) -> None:
        self.data = data
        self._column = column
        if not data:
            raise variant_fault(column, "its metadata are empty")
        if data[0] & 15 != _VERSION:
            raise variant_fault(column, f"a VARIANT of version {data[0] & 15}", "ERR_CKPT_UNSUPPORTED_FILE")
        self._width = (data[0] >> 6) + 1
        if len(data) < 1 + self._width:
            raise variant_fault(column, "its metadata end early")
        self._count = int.from_bytes(data[1 : 1 + self._width], "little")
        self._texts = 1 + self._width * (self._count + 2)
        if self._texts > len(data):
            raise variant_fault(column, f"its metadata end before {self._count} names")
        self._made: dict[int, str] = {}

    def at(self, index: int) -> str:
        name = self._made.get(index)
        if name is None:
            name = self._made[index] = self._name(index)
        return name

    def _name(self, index: int) -> str:
        if index >= self._count:
            raise variant_fault(self._column, f"it has a field of name {index}, and its metadata have {self._count}")
        at = 1 + self._width * (1 + index)
        start, end = (self._texts + int.from_bytes(self.data[one : one + self._width], "little") for one in (at, at + self._width))
        if start > end or end > len(self.data):
            raise variant_fault(self._column, f"name {index} is not inside its metadata")
        return self.data[start:end].decode()


def variant_value(data: bytes, names: VariantNames, column: str, depth: int = 0) -> Any:
    """``depth``: in how many objects and arrays it is.

    Raises:
        CheckpointError: ``ERR_CKPT_CORRUPT``, ``ERR_CKPT_LIMIT`` for deep ones, ``ERR_CKPT_UNSUPPORTED_FILE`` for types of later versions.
        UnicodeDecodeError: For texts that are not UTF-8.
    """
    return _Reader(data, names, column).value(0, len(data), depth)


class _Reader:
    def __init__(self, data: bytes, names: VariantNames, column: str) -> None:
        self._data = data
        self._names = names
        self._column = column
        #: Bytes that no value has had yet: each belongs to one, else a few bytes could hold any number of values.
        self._left = len(data)

    def value(self, start: int, end: int, depth: int) -> Any:
        """The value from ``start`` on, which ends at ``end`` at the latest."""
        self._need(start, end, 1)
        header = self._data[start]
        kind, type_ = header & 3, header >> 2
        if kind == 0:
            return self._primitive(type_, start + 1, end)
        if kind == 1:
            return self._text(start + 1, end, type_)
        if depth >= MAX_DEPTH:
            raise too_deep(self._column)
        return self._object(type_, start + 1, end, depth + 1) if kind == 2 else self._array(type_, start + 1, end, depth + 1)

    def _primitive(self, type_: int, at: int, end: int) -> Any:
        if type_ in _NUMBERS:
            number = self._number(_NUMBERS[type_], at, end)
            return BigInt(number) if type_ == 6 and not -SAFE <= number <= SAFE else number
        if type_ <= 2:
            return None if type_ == 0 else type_ == 1
        if type_ in _DECIMALS:
            return self._decimal(at, end, _DECIMALS[type_])
        if type_ == 11:
            return date_from(self._number("<i", at, end) * _DAY_MS)
        if type_ in _TIMESTAMPS:
            return timestamp_from(self._number("<q", at, end), *_TIMESTAMPS[type_])
        if type_ in (15, 16):
            length = self._number("<I", at, end)
            if length > end - at - 4:
                raise self._fault(f"a text or binary of {length} bytes is longer than what holds it")
            if type_ == 16:
                return self._text(at + 4, end, length)
            self._need(at + 4, end, length)
            return self._data[at + 4 : at + 4 + length]
        if type_ == 17:
            return time_text(self._number("<q", at, end), 6)
        if type_ == 20:
            self._need(at, end, 16)
            return UUID(bytes=self._data[at : at + 16])
        raise variant_fault(self._column, f"a VARIANT of type {type_}, which this version does not know", "ERR_CKPT_UNSUPPORTED_FILE")

    def _number(self, form: str, at: int, end: int) -> Any:
        self._need(at, end, struct.calcsize(form))
        return struct.unpack_from(form, self._data, at)[0]

    def _decimal(self, at: int, end: int, width: int) -> Decimal:
        self._need(at, end, 1 + width)
        scale = self._data[at]
        if scale > _MAX_SCALE:
            raise self._fault(f"a decimal has the scale {scale}")
        unscaled = int.from_bytes(self._data[at + 1 : at + 1 + width], "little", signed=True)
        return Decimal((int(unscaled < 0), tuple(map(int, str(abs(unscaled)))), -scale))

    def _text(self, at: int, end: int, length: int) -> str:
        self._need(at, end, length)
        return self._data[at : at + length].decode()

    def _object(self, header: int, start: int, end: int, depth: int) -> dict[str, Any]:
        id_width = ((header >> 2) & 3) + 1
        count, ids, offsets, width, values = self._container(start, end, header & 16 != 0, id_width, (header & 3) + 1)
        found: dict[str, Any] = {}
        for index in range(count):
            name = self._names.at(self._uint(ids + index * id_width, id_width))
            if name in found:
                raise self._fault(f"an object has the field '{name}' twice")
            found[name] = self.value(self._member(values, self._uint(offsets + index * width, width), end), end, depth)
        return found

    def _array(self, header: int, start: int, end: int, depth: int) -> list[Any]:
        count, _, offsets, width, values = self._container(start, end, header & 4 != 0, 0, (header & 3) + 1)
        found: list[Any] = []
        for index in range(count):
            found.append(self.value(self._member(values, self._uint(offsets + index * width, width), end), end, depth))
        return found

    def _member(self, values: int, offset: int, end: int) -> int:
        if offset >= end - values:
            raise self._fault(f"a value at {offset} is not inside what holds it")
        return values + offset

    def _container(self, start: int, end: int, is_large: bool, id_width: int, width: int) -> tuple[int, int, int, int, int]:
        """How many values, where their ids and offsets are, how wide an offset is, and where the values begin."""
        count_width = 4 if is_large else 1
        self._need(start, end, count_width)
        count = self._uint(start, count_width)
        at = start + count_width
        length = count * id_width + (count + 1) * width
        if length > end - at:
            raise self._fault(f"an object or array of {count} values is longer than what holds it")
        self._need(at, end, length)
        return count, at, at + count * id_width, width, at + length

    def _uint(self, at: int, width: int) -> int:
        return int.from_bytes(self._data[at : at + width], "little")

    def _need(self, at: int, end: int, length: int) -> None:
        """Takes bytes for a value."""
        if length > end - at:
            raise self._fault("it ends early")
        self._left -= length
        if self._left < 0:
            raise self._fault("values overlap")

    def _fault(self, what: str) -> CheckpointError:
        return variant_fault(self._column, what)
