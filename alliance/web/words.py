"""Numbers, money, dates and clocks as words of a page: filters of templates, functions for views."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib import money
from alliance.lib.period import Month, Quarter

DASH = "—"
FEN_OF_WAN = 1_000_000  # 万元, ten thousand yuan
SOON = timedelta(hours=24)


# Numbers and money -------------------------------------------------------------
def written(value: Any, places: int = 0) -> str:
    """A number with thousands commas, so many decimals (half-up) and a true minus; missing is a dash."""
    if value is None or value == "":
        return DASH
    exact = Fraction(value) * 10**places
    whole = _half_up(exact)
    digits = f"{abs(whole):0{places + 1}d}"
    head, tail = (digits[:-places], "." + digits[-places:]) if places else (digits, "")
    return f"{money.TRUE_MINUS if whole < 0 else ''}{int(head):,}{tail}"


def _half_up(exact: Fraction) -> int:
    """Nearest whole number, halves away from zero (definitions: half-up, mirrored below zero)."""
    whole, rest = divmod(abs(exact), 1)
    nearest = whole + (1 if rest >= Fraction(1, 2) else 0)
    return int(nearest) if exact >= 0 else -int(nearest)


def yuan(fen: int | None) -> str:
    """Fen as yuan: 1,234.56."""
    return DASH if fen is None or fen == "" else money.yuan(int(fen), display=True)


def wan(fen: int | None) -> str:
    """Fen as 万元 with two decimals: overviews only."""
    return DASH if fen is None or fen == "" else written(Fraction(int(fen), FEN_OF_WAN), 2)


def num(value: Any, places: int = 0) -> str:
    """A number with commas and so many decimals; missing is a dash."""
    return written(value, int(places))


def plain(value: Any, places: int = 4) -> str:
    """A number with at most so many decimals and no needless zeros; missing is a dash."""
    text = written(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def assessed(value: Any, places: int = 2) -> str:
    """A number, or the word for “not assessed”: missing is not zero."""
    return _("not assessed") if value is None or value == "" else written(value, int(places))


def pct(share: Any, places: int = 1) -> str:
    """A share (0.183) as percent (18.3%); missing is a dash."""
    return DASH if share is None or share == "" else f"{written(Fraction(share) * 100, int(places))}%"


def diff(value: Any, places: int = 0) -> str:
    """A difference with its sign, never a colour; zero has a word."""
    if value is None or value == "":
        return DASH
    text = written(value, int(places))
    if not any(digit in "123456789" for digit in text):
        return _("no change")
    return text if text.startswith(money.TRUE_MINUS) else f"+{text}"


def yuan_diff(fen: int | None) -> str:
    """A difference of fen as yuan with its sign."""
    return DASH if fen is None or fen == "" else diff(Fraction(int(fen), 100), 2)


# Dates and clocks --------------------------------------------------------------
def month(value: Any) -> str:
    """A month in words, of a date, a Month or "2026-10"."""
    if not value:
        return DASH
    first = value if isinstance(value, date) else date.fromisoformat(f"{value}-01")
    return formats.date_format(first, "YEAR_MONTH_FORMAT")


def quarter(value: Quarter) -> str:
    """A quarter in words: quarter 3 of 2026."""
    return _("quarter %(q)d of %(year)d") % {"q": value.number, "year": value.year}


def day(value: date | None) -> str:
    """11-20 within this year, else 2025-11-20."""
    return _short(value, "m-d")


def moment(value: datetime | None) -> str:
    """11-20 16:20 within this year, else with the year."""
    return _short(value, "m-d H:i")


def on_paper(value: datetime | None) -> str:
    """2026年11月20日 16:20: on paper the year stands always."""
    return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT") if value else DASH


def until(deadline: datetime | None) -> str:
    """A deadline as people say it, with its time: what ends with a day (00:00 of the next one) ends at its
    24:00, the day itself included.
    """
    if not deadline:
        return DASH
    last = _last_day(deadline)
    return moment(deadline) if last is None else f"{day(last)} 24:00"


def _last_day(deadline: datetime) -> date | None:
    """The day with whose end a deadline passes; None where it passes within a day."""
    local = timezone.localtime(deadline)
    return None if local.time() != time.min else (local - timedelta(days=1)).date()


def _short(value: Any, pattern: str) -> str:
    if not value:
        return DASH
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    this_year = timezone.localdate().year
    return formats.date_format(local, pattern if local.year == this_year else f"Y-{pattern}")


def clock(deadline: datetime | None, now: datetime | None) -> str:
    """Time left, or how late, in the two largest units; empty without a deadline."""
    if not deadline or not now:
        return ""
    gap = deadline - now
    text = span(abs(gap))
    return (
        _("%(span)s left") % {"span": text} if gap >= timedelta(0) else _("late by %(span)s") % {"span": text}
    )


def overdue(deadline: datetime | None, now: datetime | None) -> bool:
    """True when the deadline has passed."""
    return bool(deadline and now and deadline < now)


def soon(deadline: datetime | None, now: datetime | None) -> bool:
    """True when the deadline is ahead, less than a day away."""
    return bool(deadline and now and timedelta(0) <= deadline - now < SOON)


def due(deadline: datetime, now: datetime) -> str:
    """The short word on a chip: today 16:20, late by 4 days, else the day."""
    if deadline < now:
        return _("late by %(span)s") % {"span": span(now - deadline, short=True)}
    local, last = timezone.localtime(deadline), _last_day(deadline)
    on, hour = (local.date(), local.strftime("%H:%M")) if last is None else (last, "24:00")
    if on == timezone.localtime(now).date():
        return _("today %(time)s") % {"time": hour}
    return day(on)


# Parameters of a sentence -------------------------------------------------------
def said(value: object) -> object:
    """A parameter of a sentence as pages write it: months and quarters in words, days and moments short,
    decimals with commas and without needless zeros. Texts and whole numbers stay as they are.
    """
    if isinstance(value, Month):
        return month(value)
    if isinstance(value, Quarter):
        return quarter(value)
    if isinstance(value, datetime):
        return until(value)
    if isinstance(value, date):
        return day(value)
    return plain(value, decimals(value)) if isinstance(value, Decimal) and value.is_finite() else value


def decimals(value: Decimal) -> int:
    """How many decimals a number is written with."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def span(gap: timedelta, *, short: bool = False) -> str:
    """A length of time: days and hours, hours and minutes, or minutes; `short`: the largest of them."""
    minutes = int(gap.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 3 or (days and (short or not hours)):
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours and short:
        return _("%(hours)d h") % {"hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min") % {"minutes": minutes}
