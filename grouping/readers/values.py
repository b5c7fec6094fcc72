"""Cells to values, strictly: what is not written as the interface says is a BadValue with a message key.

Forms: definitions section 10.1 (day yyyy-MM-dd, time yyyy-MM-dd HH:mm:ss, numeric(10,2)). Whatever a
spreadsheet rewrote (serial numbers, scientific notation) is refused and never guessed back.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from grouping.readers.messages import Param

DAY_FORM = "yyyy-MM-dd"
MOMENT_FORM = "yyyy-MM-dd HH:mm:ss"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_SERIAL = re.compile(r"[1-9][0-9]{3,4}(\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+")
_WHOLE = re.compile(r"[0-9]{1,9}")
_AMOUNT = re.compile(r"([0-9]{1,8})(?:\.([0-9]{1,2}))?")
_ALL_WITH_FEN = re.compile(r"(?:[0-9]{1,8}\.[0-9]{2},)+")
_PAYMENT = re.compile(r"0?([1-9])(?:\.[0-9])?")


class BadValue(ValueError):
    """A cell that cannot be read; `message` is a key of messages.ROW, `params` its extra parameters."""

    def __init__(self, message: str, **params: Param) -> None:
        self.message = message
        self.params = params
        super().__init__(message)


def is_scientific(text: str) -> bool:
    """Whether a spreadsheet turned a long number into the form 3.2E+17."""
    return bool(_SCIENTIFIC.fullmatch(text))


def day(text: str) -> date:
    """Read yyyy-MM-dd. Raises BadValue (datetime_form, _serial, _no_such_day, scientific_notation)."""
    if not _DAY.fullmatch(text):
        raise _bad_moment(text, DAY_FORM)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("datetime_no_such_day") from None


def moment(text: str) -> datetime:
    """Read yyyy-MM-dd HH:mm:ss. Raises BadValue as `day` does."""
    if not _MOMENT.fullmatch(text):
        raise _bad_moment(text, MOMENT_FORM)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadValue("datetime_no_such_day") from None


def _bad_moment(text: str, form: str) -> BadValue:
    if is_scientific(text):
        return BadValue("scientific_notation")
    return BadValue("datetime_serial" if _SERIAL.fullmatch(text) else "datetime_form", form=form)


def whole(text: str, low: int, high: int) -> int:
    """Read digits as a number between low and high. Raises BadValue (number_form, number_range, ...)."""
    if not _WHOLE.fullmatch(text):
        raise BadValue("scientific_notation" if is_scientific(text) else "number_form")
    number = int(text)
    if not low <= number <= high:
        raise BadValue("number_range", low=low, high=high)
    return number


def amount(text: str) -> int:
    """Read yuan of the form numeric(10,2) as fen. Raises BadValue (amount_form, scientific_notation)."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise BadValue("scientific_notation" if is_scientific(text) else "amount_form")
    yuan, decimals = match.groups("")
    return int(yuan) * 100 + int(decimals.ljust(2, "0"))


def amounts(texts: Sequence[str]) -> list[int] | None:
    """Read many amounts as fen at once; None unless each has the usual form 78.73.

    A row has thirty of them: read one by one they would cost a quarter of its time.
    """
    joined = ",".join(texts)
    if not _ALL_WITH_FEN.fullmatch(joined + ","):
        return None
    fen = list(map(int, joined.replace(".", "").split(",")))
    return fen if len(fen) == len(texts) else None


def payment_method(text: str) -> str:
    """Map the spellings of RC032 (1, 01, 1.1, 99) to one digit, 1 to 9. Raises BadValue (payment_unknown)."""
    match = _PAYMENT.fullmatch(text)
    if match is None and text != "99":
        raise BadValue("payment_unknown")
    return match[1] if match else "9"
