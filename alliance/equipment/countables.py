"""Uses of equipment between institutions, for the mutual confirmation of the month.

Where a hospital's own system books, its log is all there is: the uses both sides stand by (S2-21).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.confirmation.countables import Countable, Places, Record, Row, register
from alliance.equipment.models import Usage
from alliance.lib.period import Month
from alliance.models import Membership

COUNTED = Q(state=Usage.State.CONFIRMED)
PENDING = Q(state__in=[Usage.State.STATED, Usage.State.DISPUTED])


def count(month: Month, places: Places) -> Iterator[Row]:
    """Uses of a month by others than the owner: owner, user, ids, minutes."""
    rows = (
        Usage.objects.filter(month=month.first_day).filter(COUNTED | PENDING).exclude(owner=F("institution"))
    )
    if places is not None:
        rows = rows.filter(Q(owner__in=places) | Q(institution__in=places))
    length = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    grouped = (
        rows.order_by()
        .values_list("owner", "institution")
        .annotate(
            ids=ArrayAgg("pk", filter=COUNTED, order_by="pk", default=[]),
            time=Sum(length, filter=COUNTED), pending=Count("pk", filter=PENDING),
        )
    )  # fmt: skip
    for owner, user, ids, time, pending in grouped:
        yield Row(owner, user, tuple(ids), int(time.total_seconds()) // 60 if time else 0, pending)


def records(ids: Sequence[int], membership: Membership) -> list[Record]:
    """Uses without the patient: device, item, number in the log, minutes."""
    rows = Usage.objects.filter(pk__in=ids).select_related("device").order_by("started_at", "pk")
    may = membership.can("equipment.view")
    return [_record(one, membership, may) for one in rows]


def _record(one: Usage, membership: Membership, may: bool) -> Record:
    own = membership.institution_id in (None, one.owner_id, one.institution_id)
    text = _("%(item)s · %(n)d minutes") % {"item": one.item_name, "n": one.minutes}
    return Record(
        one.pk, f"{one.device.name} {one.log_number}".strip(), one.started_at, text,
        reverse("equipment-use", args=[one.pk]) if may and own else "",
    )  # fmt: skip


def register_all() -> None:
    """Called once, in the app's `ready()`."""
    register(
        Countable(
            "equipment.use", gettext_lazy("uses of equipment"), gettext_lazy("owning side"),
            gettext_lazy("using side"), gettext_lazy("minutes"), count, records, order=40,
        )
    )  # fmt: skip
