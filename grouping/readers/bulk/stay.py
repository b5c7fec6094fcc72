"""Dates of many rows at once: a day is read once, a clock time is checked by one expression for all."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from grouping.readers import values
from grouping.readers.bulk.memo import ABSENT, DOUBT, Cells, Memo

_CLOCKS = re.compile(rb"(?: (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\n)*")


@dataclass(frozen=True, slots=True, eq=False)  # looking for doubts among days compares each of them
class Day:
    """A day: as written, as a number of days, and as the number yyyymmdd; equal only to itself."""

    text: str
    ordinal: int
    digits: int


def day(cell: str) -> Day | None:
    """Read a day, None when it is missing; raises BadValue."""
    text = cell.strip()
    if text in ABSENT:
        return None
    found = values.day(text)
    return Day(text, found.toordinal(), int(text.replace("-", "")))


def day_until(last: date | None) -> Callable[[str], Day | bytes]:
    """A reader of a day that must be there and is not after `last` (None: any day)."""
    most = last.toordinal() if last is not None else date.max.toordinal()

    def read(cell: str) -> Day | bytes:
        found = day(cell)
        return DOUBT if found is None or found.ordinal > most else found

    return read


def moment_days(cells: Cells, days: Memo) -> list[Day | bytes]:
    """The days of points in time yyyy-MM-dd HH:mm:ss, in doubt where one is missing or not of this form."""
    clocks = [cell[10:] for cell in cells]
    found = days.of([cell[:10] for cell in cells])
    joined = b"\n".join(clocks) + b"\n"
    if joined.count(b"\n") == len(cells) and _CLOCKS.fullmatch(joined):
        return found
    return [
        one if _CLOCKS.fullmatch(clock + b"\n") and clock else DOUBT
        for one, clock in zip(found, clocks, strict=True)
    ]


def stay_in_order(
    admitted: bytes, discharged: bytes, first: Day, last: Day, stated: int, tolerance: int
) -> bool:
    """Admission is not after discharge, and the days of stay agree with them (same day counts one)."""
    days = last.ordinal - first.ordinal or 1
    return admitted <= discharged and -tolerance <= stated - days <= tolerance


def age_in_order(
    birth: Day, admitted: Day, age: int, age_days: int | None, years: int, tolerance: int
) -> bool:
    """Age in years, and in days under one year, agree with the birth date (no weight is asked for here)."""
    # The difference of two numbers yyyymmdd holds the completed years in front of its last four digits.
    completed = (admitted.digits - birth.digits) // 10_000
    if birth.ordinal > admitted.ordinal or not -years <= completed - age <= years:
        return False
    if age > 0:
        return not age_days
    return age_days is not None and abs(admitted.ordinal - birth.ordinal - age_days) <= tolerance
