"""Hours in intensive care and of ventilation, as settlement lists state them (definitions section 10.3)."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from grouping.readers import cells, values
from grouping.readers.listfields import ICU
from grouping.readers.nodes import entries, text_of
from grouping.readers.record import Record

_DURATION = re.compile(r"(\d{1,4})/(\d{1,2})/(\d{1,2})")
_HOURS = re.compile(r"\d{1,5}(?:\.\d{1,2})?")


def intensive_care(record: Record, body: Mapping[str, Any]) -> Decimal | None:
    """Hours in intensive care over all its stays; None when the list states none."""
    found = [_ward_hours(record, node) for node in entries(body, "icuinfo") if any(node.values())]
    return sum(found, Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP) if found else None


def _ward_hours(record: Record, node: Mapping[str, Any]) -> Decimal:
    """As stated (days/hours/minutes, or hours), else from the times of entering and leaving."""
    stated = text_of(node, "scs_cutd_sum_dura")
    if stated:
        return duration(record, ICU, stated) or Decimal(0)
    times = [cells.moment(text_of(node, name)) for name in ("scs_cutd_inpool_time", "scs_cutd_exit_time")]
    try:
        entered, left = map(values.moment, times)
    except values.BadValue:
        record.report(ICU, "bad_number", "duration_form", times[0] or times[1])
        return Decimal(0)
    return _between(record, entered, left)


def _between(record: Record, entered: datetime, left: datetime) -> Decimal:
    if left < entered:
        record.report(ICU, "bad_number", "duration_negative", str(entered), left=str(left))
        return Decimal(0)
    return Decimal(int((left - entered).total_seconds())) / 3600


def duration(record: Record, column: str, text: str) -> Decimal | None:
    """Hours of days/hours/minutes such as 1/13/24, or of a number of hours; reports what is neither."""
    if not text:
        return None
    if hit := _DURATION.fullmatch(text):
        days, hours, minutes = map(int, hit.groups())
        if hours < 24 and minutes < 60:
            return Decimal(days * 24 + hours) + Decimal(minutes) / 60
    elif _HOURS.fullmatch(text):
        return Decimal(text)
    record.report(column, "bad_number", "duration_form", text)
    return None
