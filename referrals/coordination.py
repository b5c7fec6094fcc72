"""Follow-ups of referred patients as coordination work (S2-10): counted here, priced by the ground."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time

from django.utils.translation import gettext_lazy as _

from alliance.joint.costs import Kind, Record, Volume, register
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from referrals.models import FollowUp


def follow_ups(month: Month) -> list[Volume]:
    """Follow-ups made in the month, by the institution that made them."""
    found: dict[int, list[int]] = defaultdict(list)
    begin, end = (
        datetime.combine(day, time(), SHANGHAI) for day in (month.first_day, month.next().first_day)
    )
    rows = FollowUp.objects.filter(seen_at__gte=begin, seen_at__lt=end).order_by("pk")
    rows = rows.exclude(recorded_by__institution=None)
    for pk, place in rows.values_list("pk", "recorded_by__institution"):
        found[place].append(pk)
    return [Volume(place, len(ids), tuple(ids)) for place, ids in sorted(found.items())]


def records(ids: Iterable[int]) -> list[Record]:
    """The follow-ups behind."""
    rows = FollowUp.objects.filter(pk__in=list(ids)).select_related("referral").order_by("seen_at", "pk")
    return [
        Record(
            one.seen_at.astimezone(SHANGHAI).date(),
            f"{one.referral.number} · {one.seen_by} · {one.get_way_display()}", 1,
            "referral", one.referral_id,
        )
        for one in rows
    ]  # fmt: skip


def register_all() -> None:
    """Make them known to the ledger of coordination costs."""
    register(
        Kind(
            "follow_ups", _("follow-ups of referred patients"), "follow_up", 1, _("times done"), follow_ups,
            records, "referral.view",
        )
    )  # fmt: skip
