"""Things of a month others can follow from: a clue, the portrait of an institution, a late step, a notice."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.period import SERVED_YEARS, Month
from alliance.models import Institution, Membership
from alliance.web import carrying, words
from alliance.web.carrying import Origin
from performance.models import Clue, DeclaredNotice, MonthStep

PORTRAIT, STEP = "performance.portrait", "performance.monthstep"
PLACES = 1_000_000  # a portrait's number: institution, then year and month in six digits
STEPS = 100  # a step's number: year and month in six digits, then its place


def register() -> None:
    """Called in the app's `ready()`."""
    carrying.source("performance.clue", clue)
    carrying.source(PORTRAIT, portrait)
    carrying.source(STEP, step)
    carrying.source("performance.declarednotice", notice)


def clue(membership: Membership, pk: int) -> Origin | None:
    """A clue the member sees; what is confidential leads to nothing others would read."""
    if not membership.can("fairness.view"):
        return None
    row = Clue.objects.seen_by(membership).named().filter(pk=pk, confidential=False).first()
    if row is None:
        return None
    title = _("Clue: %(name)s, %(place)s") % {
        "name": row.get_detector_display(), "place": row.institution.short_name if row.institution else "",
    }  # fmt: skip
    url, month = reverse("clue", args=[pk]), str(Month.of(row.month))
    return Origin("performance.clue", pk, title, url, row.institution, month)


def portrait_number(institution: Institution, month: Month) -> int:
    """The number of an institution's portrait of a month."""
    return institution.pk * PLACES + month.year * 100 + month.number


def portrait(membership: Membership, pk: int) -> Origin | None:
    """The portrait of an institution the member may look at."""
    place, month = pk // PLACES, _month(pk % PLACES)
    row = Institution.objects.filter(pk=place).first() if month and membership.sees(place) else None
    if row is None or month is None or not membership.can("indicator.view"):
        return None
    title = _("Portrait of %(name)s") % {"name": row.short_name} + f" · {words.month(month)}"
    url = reverse("month-portrait", args=[str(month), row.code])
    return Origin(PORTRAIT, pk, title, url, row, str(month))


def step_number(month: Month, name: str) -> int:
    """The number of a step of a month."""
    return (month.year * 100 + month.number) * STEPS + MonthStep.values.index(name)


def step(membership: Membership, pk: int) -> Origin | None:
    """A step of a month's calendar."""
    month, place = _month(pk // STEPS), pk % STEPS
    if month is None or place >= len(MonthStep.values) or not membership.can("month.view"):
        return None
    title = _("Late: %(step)s") % {"step": MonthStep(MonthStep.values[place]).label}
    url = reverse("month-calendar", args=[str(month)])
    return Origin(STEP, pk, f"{title} · {words.month(month)}", url, None, str(month))


def notice(membership: Membership, pk: int) -> Origin | None:
    """A data-quality notice to an institution."""
    rows = DeclaredNotice.objects.select_related("institution", "sample")
    row = rows.filter(pk=pk).first() if membership.can("declared.view") else None
    if row is None or not membership.sees(row.institution_id):
        return None
    title = _("Data-quality notice to %(name)s") % {"name": row.institution.short_name}
    url = reverse("declared-notice", args=[pk])
    month = str(Month.of(row.sample.month))
    return Origin("performance.declarednotice", pk, title, url, row.institution, month)


def _month(number: int) -> Month | None:
    year, month = divmod(number, 100)
    return Month.of(date(year, month, 1)) if year in SERVED_YEARS and 1 <= month <= 12 else None
