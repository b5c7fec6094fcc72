"""Days of experts between institutions, for the mutual confirmation of the month (S2-07, S3-31)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.confirmation.countables import Countable, Places, Record, Row, register
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.postings.models import Visit

COUNTED = Q(state=Visit.State.CONFIRMED)
PENDING = Q(state__in=[Visit.State.REPORTED, Visit.State.DISPUTED])


def count(month: Month, places: Places) -> Iterator[Row]:
    """Person-times of a month: sender, host, ids, half days."""
    rows = Visit.objects.filter(day__gte=month.first_day, day__lte=month.last_day).filter(COUNTED | PENDING)
    if places is not None:
        rows = rows.filter(Q(posting__sender__in=places) | Q(posting__host__in=places))
    halves = Count("pk", filter=COUNTED & Q(morning=True)) + Count("pk", filter=COUNTED & Q(afternoon=True))
    grouped = (
        rows.order_by()
        .values_list("posting__sender", "posting__host")
        .annotate(
            ids=ArrayAgg("pk", filter=COUNTED, order_by="pk", default=[]), halves=halves,
            pending=Count("pk", filter=PENDING),
        )
    )  # fmt: skip
    for sender, host, ids, half_days, pending in grouped:
        yield Row(sender, host, tuple(ids), half_days, pending)


def records(ids: Sequence[int], membership: Membership) -> list[Record]:
    """Days: the expert, whole or half, patients seen."""
    rows = Visit.objects.filter(pk__in=ids).with_names().order_by("day", "pk")
    may = membership.can("posting.view")
    return [_record(one, membership, may) for one in rows]


def _record(one: Visit, membership: Membership, may: bool) -> Record:
    own = membership.institution_id in (None, *one.ends)
    halves = ngettext("%(n)d half day", "%(n)d half days", one.halves) % {"n": one.halves}
    text = _("%(halves)s, %(n)d patients seen") % {"halves": halves, "n": one.patients_seen or 0}
    return Record(
        one.pk, one.staff.name, one.day, text, reverse("visit", args=[one.pk]) if may and own else ""
    )


def register_all() -> None:
    """Called once, in the app's `ready()`."""
    register(
        Countable(
            "posting.day", gettext_lazy("days of experts"), gettext_lazy("posting side"),
            gettext_lazy("hosting side"), gettext_lazy("half days"), count, records, order=30,
        )
    )  # fmt: skip
