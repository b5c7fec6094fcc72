"""Consultations and readings that were answered, for the mutual confirmation of the month (S3-51)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from alliance.confirmation.countables import Countable, Places, Record, Row, register
from alliance.lib.period import Month
from alliance.models import Membership
from referrals import measuring
from referrals.consultations.models import BY_CENTRES, Consultation, Kind


def count(kinds: Collection[str], month: Month, places: Places) -> Iterator[Row]:
    """Questions answered in the month: who answered, who asked, ids."""
    begin, end = measuring.bounds(month)
    rows = Consultation.objects.filter(kind__in=kinds, answered_at__gte=begin, answered_at__lt=end)
    rows = rows.exclude(origin_institution=F("target_institution"))
    if places is not None:
        rows = rows.filter(Q(origin_institution__in=places) | Q(target_institution__in=places))
    grouped = rows.order_by().values_list("target_institution", "origin_institution")
    for target, origin, ids in grouped.annotate(ids=ArrayAgg("pk", order_by="pk")):
        yield Row(target, origin, tuple(ids))


def records(ids: Sequence[int], membership: Membership) -> list[Record]:
    """Questions without the patient: number, kind, department that answered."""
    rows = Consultation.objects.filter(pk__in=ids).select_related("target_department")
    may = membership.can("consultation.view")
    return [_record(one, membership, may) for one in rows.order_by("answered_at", "pk")]


def _record(one: Consultation, membership: Membership, may: bool) -> Record:
    own = membership.institution_id in (None, one.origin_institution_id, one.target_institution_id)
    department = one.target_department.name if one.target_department else ""
    text = " · ".join(filter(None, (str(one.get_kind_display()), department)))
    return Record(
        one.pk, one.number, one.answered_at, text,
        reverse("consultation", args=[one.pk]) if may and own else "",
    )  # fmt: skip


def register_all() -> None:
    """Called once, in the app's `ready()`."""
    kinds = (
        ("answer", gettext_lazy("consultations answered"), (Kind.CONSULTATION,)),
        ("reading", gettext_lazy("readings and tests answered"), BY_CENTRES),
    )
    for order, (name, label, which) in enumerate(kinds, start=20):
        register(
            Countable(
                f"consultation.{name}", label, gettext_lazy("answering side"), gettext_lazy("asking side"),
                "", partial(count, which), records, order,
            )
        )  # fmt: skip
