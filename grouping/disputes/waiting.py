"""What waits for whom: disputes to take up and nearly late ones, opinions owed, answers to be read."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F, Min, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from grouping.models import Dispute, DisputeExpert

State = Dispute.State
# To whom a dispute is reported before it is late.
UPWARD = frozenset({"alliance_admin", "management_committee"})
SHOWN = 20  # answers and opinions one by one; the list has all


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Three queries at most."""
    if not membership.can("dispute.view"):
        return []
    return [*_office(membership, now), *_opinions(membership, now), *_answers(membership)]


def _office(membership: Membership, now: datetime) -> list[Todo]:
    upward = bool(UPWARD & set(membership.roles))
    if membership.institution_id is not None or not (upward or membership.can("dispute.decide")):
        return []
    fresh, near = Q(state=State.OPEN), Q(escalates_at__lte=now) | Q(escalates_at=None, due_at__lte=now)
    found = Dispute.objects.unanswered().order_by().aggregate(
        fresh=Count("pk", filter=fresh & ~near), first=Min("due_at", filter=fresh & ~near),
        near=Count("pk", filter=near), soon=Min("due_at", filter=near),
    )  # fmt: skip
    todos = []
    if found["fresh"] and membership.can("dispute.decide"):
        said = ngettext("%(n)d dispute to take up", "%(n)d disputes to take up", found["fresh"])
        why = _("Choose the experts, or join it to one that asks the same.")
        todos.append(_counted("info", said, why, found["first"], found["fresh"]))
    if found["near"]:
        if found["soon"] <= now:
            said = ngettext(
                "%(n)d dispute is late or nearly so", "%(n)d disputes are late or nearly so", found["near"]
            )
            state, why = "late", _("Reported upward; a time is over.")
        else:
            said = ngettext("%(n)d dispute is nearly late", "%(n)d disputes are nearly late", found["near"])
            state, why = "warn", _("Reported upward before its time is over.")
        todos.append(_counted(state, said, why, found["soon"], found["near"]))
    return todos


def _counted(state: str, said: str, why: str, due: datetime, n: int) -> Todo:
    return Todo(state, said % {"n": n}, why, reverse("disputes"), due, n)


def _opinions(membership: Membership, now: datetime) -> list[Todo]:
    owed = DisputeExpert.objects.filter(
        member=membership, recused_at=None, opinions=None, dispute__state__in=[State.STUDIED, State.ANSWERED]
    ).select_related("dispute")
    return [
        Todo(
            "late" if row.dispute.due_at <= now else "warn",
            _("Your opinion on the dispute about %(code)s") % {"code": row.dispute.code},
            _("In your own words; stand back if you are involved."),
            reverse("dispute", args=[row.dispute_id]), row.dispute.due_at,
        )
        for row in owed.order_by("dispute__due_at")[:SHOWN]
    ]  # fmt: skip


def _answers(membership: Membership) -> list[Todo]:
    """Answers the one who raised it has not read, also of the dispute it was joined to."""
    rows = Dispute.objects.filter(filed_by=membership).annotate(
        now_state=Coalesce(F("merged_into__state"), F("state"))
    )
    unread = rows.filter(now_state__in=[State.ANSWERED, State.SETTLED]).exclude(seen_state=F("now_state"))
    return [
        Todo(
            "info", _("Your dispute about %(code)s is answered") % {"code": row.code}, "",
            reverse("dispute", args=[row.pk]), button=_("Read"),
        )
        for row in unread.order_by("-pk")[:SHOWN]
    ]  # fmt: skip
