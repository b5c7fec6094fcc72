"""The way from one month of figures to its neighbours."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from alliance.lib.period import SERVED_YEARS, Month
from alliance.lib.workdays import SHANGHAI
from alliance.web import parts, words


def neighbours(month: Month, now: datetime, url: str) -> list[parts.Fact]:
    """The month before and the month after, the running one by that name; the future has no figures."""
    running = Month.of(now.astimezone(SHANGHAI).date())
    around = [month.previous(), month.next()]
    shown = [one for one in around if one <= running and one.year in SERVED_YEARS]
    return [parts.Fact(_name(one, running), url=f"{url}?month={one}") for one in shown]


def _name(month: Month, running: Month) -> str:
    return _("%(month)s, running") % {"month": words.month(month)} if month == running else words.month(month)
