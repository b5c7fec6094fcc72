"""What follows from other columns where a source does not state it: ages and days of stay, from written days.

Definitions sections 1 and 10.1: age in completed years at admission, a same-day stay is one day. An
unreadable day gives "": the fault is reported where the day is read.
"""

from collections.abc import Mapping
from datetime import date

from grouping.readers import values
from grouping.readers.checks import completed_years
from grouping.readers.values import BadValue

DERIVED = ("A14", "A16", "B20")


def derive(column: str, row: Mapping[str, str]) -> str:
    """A14, A16 or B20 of a row in the written form of the standard."""
    admitted = _day(row.get("B12", ""))
    if column == "B20":
        discharged = _day(row.get("B15", ""))
        return str(max((discharged - admitted).days, 1)) if discharged and admitted else ""
    birth = _day(row.get("A13", ""))
    if birth is None or admitted is None or birth > admitted:
        return ""
    age = completed_years(birth, admitted)
    if column == "A14":
        return str(age)
    return str((admitted - birth).days) if age == 0 else ""


def _day(text: str) -> date | None:
    try:
        return values.day(text[:10])
    except BadValue:
        return None
