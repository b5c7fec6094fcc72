"""Letters and consequences in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from alliance.web import words
from alliance.web.cells import chip
from performance.consequences import measures
from performance.engine.commitments import Promise
from performance.models import Consequence, Letter
from performance.show import labels

LETTER: Mapping[str, str] = {
    "draft": "", "offered": "warn", "paper": "info", "signed": "info", "in_force": "ok", "assessed": "prov",
    "settled": "ok", "cancelled": "stale",
}  # fmt: skip
CONSEQUENCE: Mapping[str, str] = {
    "open": "warn", "proposed": "prov", "agreed": "ok", "declined": "", "withdrawn": "stale",
    "lifted": "stale",
}  # fmt: skip
STANDING: Mapping[str, tuple[str, Any]] = {
    "met": ("ok", pgettext_lazy("promise", "met")),
    "on_track": ("info", pgettext_lazy("promise", "on track")),
    "at_risk": ("warn", pgettext_lazy("promise", "at risk")),
    "broken": ("late", pgettext_lazy("promise", "broken")),
    "within": ("warn", pgettext_lazy("promise", "missed within chance, nothing deducted")),
    "unknown": ("", pgettext_lazy("promise", "not known yet")),
}


def letter_chip(row: Letter) -> SafeString:
    """The state of a letter."""
    return chip(LETTER[row.state], row.get_state_display())


def state_chip(row: Consequence) -> SafeString:
    """The state of a consequence."""
    return chip(CONSEQUENCE[row.state], row.get_state_display())


def standing(code: str) -> SafeString:
    """Where a promise stands."""
    kind, text = STANDING[code]
    return chip(kind, text)


def percent(value: Decimal | str | None) -> str:
    """A percentage as people write it."""
    if value is None:
        return words.DASH
    text = format(Decimal(value), "f")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def promise_of(line: Mapping[str, Any]) -> Promise:
    """The promise of a kept line."""
    return Promise(
        line["code"], line["of"], Decimal(line["share"]), line["side"], line["per"], Decimal(line["target"])
    )


def name(one: Promise) -> str:
    """What is promised, with the week where it counts weeks."""
    found = labels.named(measures.indicator_of(one))
    return _("%(name)s (a week)") % {"name": found} if one.per == "week" else found


def number(value: Any, one: Promise) -> str:
    """A value of a promise with its unit; a dash where it is not known."""
    if value is None:
        return words.DASH
    indicator = measures.indicator_of(one)
    places = 2 if one.per == "week" else indicator.decimals
    unit = labels.unit(indicator)
    text = words.num(Decimal(value), places)
    return f"{text}{unit}" if unit == "%" else f"{text} {unit}".strip()


def line(one: Promise) -> str:
    """The line of a promise: at least 200 a year."""
    found = {"target": number(one.target, one)}
    template = {
        ("at_least", "year"): pgettext("promise", "at least %(target)s in the year"),
        ("at_least", "week"): pgettext("promise", "at least %(target)s a week"),
        ("at_most", "year"): pgettext("promise", "at most %(target)s in the year"),
        ("at_most", "week"): pgettext("promise", "at most %(target)s a week"),
    }[one.side, one.per]
    return str(template % found)


def period(text: str) -> str:
    """A year, a quarter or a month: 2026年, 2026年第三季度, 2026年10月."""
    if text[4:5] == "-" and text[5:].isdecimal():
        return words.month(text)
    year, _dash, quarter = text.partition("-Q")
    if not quarter:
        return pgettext("consequence", "%(year)s") % {"year": year}
    return pgettext("consequence", "quarter %(n)s of %(year)s") % {"n": quarter, "year": year}
