"""Values of JavaScript that Python has no type for."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Final

__all__ = ["MISSING", "SAFE", "UNDEFINED", "BigInt", "JsDate", "date_of"]


class BigInt(int):
    """A ``bigint``: an integer that is equal to the number, and knows what it was."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{int(self)}n"


class _Undefined:
    """``undefined`` as a value. A key that is missing in a row is missing in its dict."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = _Undefined()


class JsDate:
    """A ``Date`` that no ``datetime`` can hold: an invalid one, or one outside the years 1 to 9999.

    Attributes:
        ms: Milliseconds since 1970; ``None`` for an invalid date.
    """

    __slots__ = ("ms",)

    def __init__(self, ms: int | None) -> None:
        self.ms = ms

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, JsDate) and self.ms == other.ms

    def __hash__(self) -> int:
        return hash(self.ms)

    def __repr__(self) -> str:
        return f"JsDate({self.ms})"


#: What no value is: a field that an object does not have.
MISSING: Final[Any] = object()
#: `Number.MAX_SAFE_INTEGER` of JavaScript.
SAFE: Final = 2**53 - 1

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST = round((datetime(1, 1, 1, tzinfo=timezone.utc) - _EPOCH) / timedelta(milliseconds=1))
_LAST = round((datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc) - _EPOCH) / timedelta(milliseconds=1))


def date_of(ms: int | None) -> datetime | JsDate:
    """The date of milliseconds since 1970, with the time zone UTC."""
    if ms is None or not _FIRST <= ms <= _LAST:
        return JsDate(ms)
    return _EPOCH + timedelta(milliseconds=ms)
