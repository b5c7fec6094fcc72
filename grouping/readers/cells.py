"""Cells of foreign files in the written form of the interface (definitions section 10.1).

What cannot be brought into it comes back as it stands: the reader then reports it as it reports its own.
Nothing is guessed: a year-last date is read only where the source says which number is the month.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from grouping.readers.fields import Field, Kind
from grouping.readers.words import NO_WORDS, UNITS, words_of

YEAR_FIRST = ""
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
YUAN, FEN, TEN_THOUSAND = "", "fen", "wan"
UNASKED = "ask"  # nothing says the unit of the money: a person is asked before anything is read by it
_FEN_OF = {FEN: Decimal("0.01"), YUAN: Decimal(1), TEN_THOUSAND: Decimal(10_000)}
_TIME = r"(?:[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.0+)?)?)?"
_DASHED = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_CHINESE = re.compile(
    r"(\d{4})年(\d{1,2})月(\d{1,2})日(?:\s*(\d{1,2})[时:](?:(\d{1,2})(?:[分:](?:(\d{1,2})秒?)?)?)?)?"
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2}):?(\d{2})(?::?(\d{2}))?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _TIME)
_NUMBER = re.compile(rf"(\d+)(?:\.0+)?\s*(?:{'|'.join(UNITS)})?")
_MONEY = re.compile(r"[¥￥]?\s*(\d{1,3}(?:[,，]\d{3})+|\d+)(\.\d+)?\s*元?")
_BETWEEN = re.compile(r"[→|;；、，]+|->")
_ZEROS = re.compile(r"0+(?=\d)")
Numbers = tuple[str, str, str, str | None, str | None, str | None]


def date_of(text: str, form: str = YEAR_FIRST) -> Numbers | None:
    """The numbers of a date, year first, with its time where one stands; None when it is no date.

    Numbers are not judged here: month 13 comes out and is reported where it is read.
    """
    if form in (DAY_FIRST, MONTH_FIRST):
        if (hit := _YEAR_LAST.fullmatch(text)) is None:
            return None
        one, two, year, hour, minute, second = hit.groups()
        day, month = (one, two) if form == DAY_FIRST else (two, one)
        return year, month, day, hour, minute, second
    if hit := _DASHED.fullmatch(text):
        year, _, month, day, hour, minute, second = hit.groups()
        return year, month, day, hour, minute, second
    if hit := _CHINESE.fullmatch(text) or _DIGITS.fullmatch(text):
        year, month, day, hour, minute, second = hit.groups()
        return year, month, day, hour, minute, second
    return None


def day(text: str, form: str = YEAR_FIRST) -> str:
    """A date as yyyy-MM-dd."""
    found = date_of(text, form)
    return text if found is None else _day(found)


def moment(text: str, form: str = YEAR_FIRST, hour: str = "") -> str:
    """A time as yyyy-MM-dd HH:mm:ss; the hour may stand in a cell of its own, without one it is midnight."""
    found = date_of(text, form)
    if found is None:
        return text
    hours, minutes, seconds = found[3:]
    if hours is None and hour:
        hours, minutes, seconds = _clock(hour)
    if hours is None:
        hours = "0"
    return f"{_day(found)} {hours.zfill(2)}:{(minutes or '0').zfill(2)}:{(seconds or '0').zfill(2)}"


def _clock(text: str) -> tuple[str, str, str]:
    """An hour (9, 09时) or a time (09:30:00); anything else stands as hour, and the time cannot be read."""
    hours, minutes, seconds, *_ = [*re.split(r"[:时点分]", text.rstrip("秒")), "", ""]
    return hours.strip(), minutes.strip() or "0", seconds.strip() or "0"


def _day(found: Numbers) -> str:
    return f"{found[0]}-{found[1].zfill(2)}-{found[2].zfill(2)}"


def whole(text: str) -> str:
    """A whole number without its unit (70岁, 3250.00)."""
    hit = _NUMBER.fullmatch(text)
    return hit[1] if hit else text


def choice(text: str, column: str, values: Mapping[str, str] = NO_WORDS) -> str:
    """A code of an enumeration: by the source's own value map, then by the words of the form."""
    if text in values:
        return values[text]
    bare = _ZEROS.sub("", text) if text.isascii() and text.isdigit() else text
    return words_of(column).get(bare.upper(), bare)


def amount(text: str, unit: str = YUAN) -> str:
    """Yuan with two decimals; what is finer than a fen stays as it is and is reported."""
    hit = _MONEY.fullmatch(text)
    if hit is None:
        return text
    try:
        yuan = Decimal(re.sub("[,，]", "", hit[1]) + (hit[2] or "")) * _FEN_OF[unit]
        fixed = yuan.quantize(Decimal("0.01"))
    except (InvalidOperation, KeyError):
        return text
    return f"{fixed:f}" if fixed == yuan else text


def reader_of(field: Field | None, values: Mapping[str, str], unit: str, form: str) -> Callable[[str], str]:
    """What brings the cells of a standard column into their written form."""
    kind = field.kind if field else Kind.TEXT
    if kind is Kind.DAY:
        return lambda text: day(values.get(text, text), form)
    if kind is Kind.MOMENT:
        return lambda text: moment(values.get(text, text), form)
    if kind is Kind.AMOUNT:
        return lambda text: amount(values.get(text, text), unit)
    if kind is Kind.INTEGER:
        return lambda text: whole(values.get(text, text))
    if field is not None and kind is Kind.CHOICE:
        return lambda text: choice(text, field.code, values)
    if field is not None and field.code == "B21C":
        return lambda text: _BETWEEN.sub(",", text)
    return lambda text: values.get(text, text)
