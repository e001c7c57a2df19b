"""Times of other programs: docs/foreign.md."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from .values import JsDate

__all__ = ["date_from", "iso_text", "time_text", "timestamp_from"]

_DAY_MS = 86_400_000
#: The most milliseconds from 1970 that a Date of JavaScript holds.
_FAR = 8_640_000_000_000_000
_EPOCH = datetime(1970, 1, 1)
_FIRST, _LAST = (datetime(1, 1, 1) - _EPOCH) // timedelta(microseconds=1), (datetime.max - _EPOCH) // timedelta(microseconds=1)


def date_from(ms: int) -> date | JsDate | str:
    """A day, ``ms`` from 1970; beyond the years of Python what a timestamp is there."""
    far = timestamp_from(ms, 1000, True)
    return far.date() if isinstance(far, datetime) else far


def timestamp_from(number: int, per_second: int, is_utc: bool) -> datetime | JsDate | str:
    """A time since 1970. A text as the package for Node has it where neither a ``datetime`` nor a ``Date`` holds all its digits."""
    micros, rest = divmod(number * 1_000_000, per_second)
    if rest == 0 and _FIRST <= micros <= _LAST:
        moment = _EPOCH + timedelta(microseconds=micros)
        return moment.replace(tzinfo=timezone.utc) if is_utc else moment
    ms, nanos = divmod(number * (1_000_000_000 // per_second), 1_000_000)
    return JsDate(ms) if nanos == 0 and abs(ms) <= _FAR else iso_text(ms, nanos)


def iso_text(ms: int, nanos: int) -> str:
    """ISO 8601 with all digits, as JavaScript writes years. ``nanos``: within the millisecond."""
    cycle = 146_097 * _DAY_MS
    cycles, within = divmod(ms, cycle)
    # The Gregorian calendar repeats every 400 years of 146,097 days.
    moment = datetime(1970, 1, 1) + timedelta(milliseconds=within)
    year = moment.year + cycles * 400
    years = f"{year:04d}" if 0 <= year <= 9999 else f"{'-' if year < 0 else '+'}{abs(year):06d}"
    fraction = "" if nanos == 0 else f"{nanos:06d}"[: 3 if nanos % 1000 == 0 else 6]
    return f"{years}{moment:-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}{fraction}Z"


def time_text(number: int, digits: int) -> str:
    """Units of 10^-``digits`` seconds since midnight; a time outside the day keeps its sign and hours."""
    seconds, rest = divmod(abs(number), 10**digits)
    text = f"{'-' if number < 0 else ''}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{rest:0{digits}d}"
