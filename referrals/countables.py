"""Referrals whose patient arrived, for the mutual confirmation of the month (definitions section 4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.confirmation.countables import Countable, Places, Record, Row, register
from alliance.lib.period import Month
from alliance.models import Membership
from referrals import measuring
from referrals.models import Referral
from referrals.services import ineffective
from referrals.services.ineffective import Finding


def count(direction: str, month: Month, places: Places) -> Iterator[Row]:
    """Patients sent one way who arrived in the month: sender, receiver, ids."""
    begin, end = measuring.bounds(month)
    rows = Referral.objects.filter(
        direction=direction, arrived_at__gte=begin, arrived_at__lt=end, target_institution__isnull=False
    )
    if places is not None:
        rows = rows.filter(Q(origin_institution__in=places) | Q(target_institution__in=places))
    grouped = rows.order_by().values_list("origin_institution", "target_institution")
    for origin, target, ids in grouped.annotate(ids=ArrayAgg("pk", order_by="pk")):
        yield Row(origin, target, tuple(ids))


def records(ids: Sequence[int], membership: Membership) -> list[Record]:
    """Referrals without the patient: number, arrival, departments; of an ineffective one that no rate and no
    score counts it (S3-49): that both sides saw the patient is confirmed all the same.
    """
    asked = Referral.objects.filter(pk__in=ids).select_related("origin_department", "target_department")
    rows = list(asked.order_by("arrived_at", "pk"))
    may, found = membership.can("referral.view"), ineffective.of_rows(rows, now=timezone.now())
    return [_record(one, membership, may, found.get(one.pk)) for one in rows]


def _record(one: Referral, membership: Membership, may: bool, flagged: Finding | None) -> Record:
    own = membership.institution_id in (None, one.origin_institution_id, one.target_institution_id)
    ends = (one.origin_department, one.target_department)
    route = " → ".join(end.name if end else "…" for end in ends) if any(ends) else ""
    left = _("ineffective, not counted in rates: %(why)s") % {"why": flagged.why} if flagged else ""
    text = " · ".join(filter(None, (str(one.get_urgency_display()), route, left)))
    assert one.arrived_at is not None
    return Record(
        one.pk, one.number, one.arrived_at, text, reverse("referral", args=[one.pk]) if may and own else ""
    )


def register_all() -> None:
    """Called once, in the app's `ready()`."""
    kinds = ("up", gettext_lazy("up-referrals arrived")), ("down", gettext_lazy("down-referrals arrived"))
    for order, (direction, label) in enumerate(kinds, start=10):
        register(
            Countable(
                f"referral.{direction}", label, gettext_lazy("sending side"), gettext_lazy("receiving side"),
                "", partial(count, direction), records, order,
            )
        )  # fmt: skip
