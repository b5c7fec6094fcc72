"""Whether a value can be the right one of a person's indicator: by its unit and range."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from alliance.web import words as web_words
from performance.appeals import words
from performance.appeals.refusals import AppealRefused
from performance.models import AppealLine, LevelRun, LevelScore
from performance.show import labels

NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")


def of_lines(lines: Sequence[AppealLine], values: dict[int, Decimal]) -> None:
    """Check the corrected values (by the number of their line) of an appeal. Raises AppealRefused (value,
    value_below, value_above).
    """
    own = {line.number: line for line in lines if line.own is not None}
    if not values.keys() <= own.keys():
        raise AppealRefused("value")
    for number, value in values.items():
        line = own[number]
        assert line.own is not None
        found = LevelScore.objects.filter(subject=line.own_id, indicator=line.indicator).first()
        computed = found.value if found is not None else None
        check(line.own.run, line.indicator, computed, value, field=f"value_{number}")


def check(run: LevelRun, code: str, computed: Decimal | None, value: Decimal, *, field: str) -> None:
    """One value in the unit of its indicator. Below zero a change alone may be, and a share of a whole is at
    most the whole; where the value computed lies beyond, the definition lets it.

    Raises AppealRefused (value, value_below, value_above) that belong to `field`.
    """
    indicator = words.of_person(run, code)
    if not value.is_finite():
        raise AppealRefused("value", field=field)
    said = {"name": labels.named(indicator), "value": web_words.plain(value, 6), "field": field}
    if value < 0 and indicator.form != "change" and not (computed is not None and computed < 0):
        raise AppealRefused("value_below", **said)
    share = indicator.part_of_whole or indicator.form == "complement" or indicator.unit == "percent"
    if indicator.form == "change" or not share:
        return
    if value > indicator.scale and not (computed is not None and computed > indicator.scale):
        raise AppealRefused("value_above", **said, most=web_words.plain(indicator.scale))


def typed(text: str) -> Decimal | None:
    """The first number of what somebody wrote to be right; None without one."""
    found = NUMBER.search(text)
    return Decimal(found[0].replace(",", "").replace("−", "-")) if found else None
