"""Extended JSON (FORMAT.md, section 4): JSON text with escape objects for what JSON cannot say."""

from __future__ import annotations

import json
import math
import re
from array import array
from base64 import b64decode, b64encode
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Callable
from uuid import UUID

from .times import iso_text
from .values import UNDEFINED, BigInt, JsDate, date_of

__all__ = ["dumps", "loads"]

KEY = "$ckpt"


def loads(text: str | bytes) -> Any:
    """The value of a text. Raises ``ValueError`` for a text that is none."""
    return unescaped(json.loads(text))


def unescaped(value: Any) -> Any:
    """A value as ``json`` read it, with its escape objects undone."""
    if isinstance(value, dict):
        if KEY in value:
            return _escape_of(value)
        for key, inner in value.items():
            if isinstance(inner, (dict, list)):
                value[key] = unescaped(inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, (dict, list)):
                value[index] = unescaped(inner)
    return value


def _numbers(code: str) -> Callable[[str], array[float]]:
    def read(text: str) -> array[float]:
        numbers: array[float] = array(code)
        numbers.frombytes(b64decode(text, validate=True))
        return numbers

    return read


_KINDS: dict[str, Callable[[Any], Any]] = {
    "number": lambda text: {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "-0": -0.0}[text],
    "bigint": lambda text: BigInt(text),
    "date": date_of,
    "bytes": lambda text: b64decode(text, validate=True),
    "f32": _numbers("f"),
    "f64": _numbers("d"),
    "object": lambda pairs: {key: unescaped(value) for key, value in pairs},
}


def _escape_of(value: dict[str, Any]) -> Any:
    kind = value[KEY]
    if kind == "undefined" and len(value) == 1:
        return UNDEFINED
    read = _KINDS.get(kind) if isinstance(kind, str) else None
    if read is None or set(value) != {KEY, "v"}:
        raise ValueError(f"no escape object: {json.dumps(value)[:80]}")
    try:
        return read(value["v"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no value of the kind {kind}: {json.dumps(value['v'])[:80]}") from error


def dumps(value: Any) -> str:
    """The text that the package for Node writes for a value: what ``JSON.stringify`` gives, and escape objects for the rest.

    Numbers are written as JavaScript writes them, so that an integer and the same number as a float have one text. A value of another
    program's file that JavaScript has no type for is written as the package for Node reads it: a ``Decimal`` as text, and so a
    ``datetime`` with parts of a millisecond.
    """
    parts: list[str] = []
    _write(value, parts.append)
    return "".join(parts)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _text(value: str) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _write(value: Any, put: Callable[[str], None]) -> None:
    if value is None:
        put("null")
    elif value is True:
        put("true")
    elif value is False:
        put("false")
    elif isinstance(value, str):
        put(_text(value))
    elif isinstance(value, BigInt):
        put(f'{{"{KEY}":"bigint","v":"{int(value)}"}}')
    elif isinstance(value, (int, float)):
        put(_number(value))
    elif isinstance(value, dict):
        _write_object(value, put)
    elif isinstance(value, array):
        kind = {"f": "f32", "d": "f64"}[value.typecode]
        put(f'{{"{KEY}":"{kind}","v":"{b64encode(value.tobytes()).decode()}"}}')
    elif isinstance(value, (list, tuple)):
        _write_list(value, put)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        put(f'{{"{KEY}":"bytes","v":"{b64encode(value).decode()}"}}')
    elif isinstance(value, (date, JsDate)):
        _write_date(value, put)
    elif value is UNDEFINED:
        put(f'{{"{KEY}":"undefined"}}')
    elif isinstance(value, (Decimal, UUID)):
        put(f'"{value:f}"' if isinstance(value, Decimal) else f'"{value}"')
    else:
        raise TypeError(f"no checkpoint holds a {type(value).__name__}")


#: Keys that JavaScript has first in an object, in their order as numbers.
_INDEX = re.compile("0|[1-9][0-9]{0,9}")
_MOST_INDEX = 2**32 - 2


def _is_index(key: str) -> bool:
    return _INDEX.fullmatch(key) is not None and int(key) <= _MOST_INDEX


def _ordered(value: dict[str, Any]) -> dict[str, Any]:
    """An object with its keys as JavaScript orders them; those of a checkpoint's own rows are so."""
    indexes = sorted(filter(_is_index, value), key=int)
    return {key: value[key] for key in (*indexes, *value)} if indexes else value


def _write_object(value: dict[str, Any], put: Callable[[str], None]) -> None:
    value = _ordered(value)
    is_escaped = KEY in value
    put(f'{{"{KEY}":"object","v":[' if is_escaped else "{")
    for index, (key, inner) in enumerate(value.items()):
        if index > 0:
            put(",")
        put(f"[{_text(key)}," if is_escaped else f"{_text(key)}:")
        _write(inner, put)
        if is_escaped:
            put("]")
    put("]}" if is_escaped else "}")


def _write_list(value: list[Any] | tuple[Any, ...], put: Callable[[str], None]) -> None:
    put("[")
    for index, inner in enumerate(value):
        if index > 0:
            put(",")
        _write(inner, put)
    put("]")


def _write_date(value: date | JsDate, put: Callable[[str], None]) -> None:
    ms: int | None
    if isinstance(value, JsDate):
        ms, nanos = value.ms, 0
    elif isinstance(value, datetime):
        # Without a zone it is UTC, as everywhere in arrow-ckpt.
        since = value.astimezone(timezone.utc).replace(tzinfo=None) if value.tzinfo is not None else value
        ms, micros = divmod((since - datetime(1970, 1, 1)) // timedelta(microseconds=1), 1000)
        nanos = micros * 1000
    else:
        ms, nanos = (value - date(1970, 1, 1)).days * 86_400_000, 0
    if ms is not None and nanos != 0:
        put(f'"{iso_text(ms, nanos)}"')
    else:
        put(f'{{"{KEY}":"date","v":{"null" if ms is None else ms}}}')


def _number(value: float) -> str:
    """A number as JavaScript writes it (ECMA-262, Number::toString): the shortest digits that give it back."""
    number = float(value)
    if math.isnan(number) or math.isinf(number) or (number == 0 and math.copysign(1, number) < 0):
        name = "NaN" if math.isnan(number) else "-0" if number == 0 else "Infinity" if number > 0 else "-Infinity"
        return f'{{"{KEY}":"number","v":"{name}"}}'
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    mantissa, _, exponent = f"{abs(number)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    digits = (whole + fraction).lstrip("0")
    # The value is 0.digits times ten to this.
    point = int(exponent or 0) + len(whole) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if point > 0 else '-'}{abs(point - 1)}"
