"""What waits for whom: visits to carry out, things to put right, re-checks, statements to answer."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services.inbox import Todo
from alliance.web import words as web_words
from performance.models import OnsiteRectification, OnsiteStatement, OnsiteVisit
from performance.models.onsite import ANSWER, INSPECT, PLAN

State = OnsiteVisit.State
Right = OnsiteRectification.State


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """At most one line a visit to carry out, and one for each other kind; four queries."""
    found: list[Todo] = []
    if membership.can(INSPECT):
        found += _to_carry_out(membership, now)
    if membership.can(ANSWER) and membership.institution_id is not None:
        found += _to_put_right(membership, now)
    if membership.can(INSPECT) or membership.can(PLAN):
        found += _to_recheck(membership)
    if membership.can(PLAN) and membership.institution_id is None:
        found += _to_answer(membership)
    return found


def _to_carry_out(membership: Membership, now: datetime) -> list[Todo]:
    rows = OnsiteVisit.objects.filter(
        inspectors__member=membership, state__in=[State.PLANNED, State.OPEN]
    ).select_related("institution")
    found = []
    for row in rows.order_by("planned_on", "pk"):
        end = datetime.combine(row.planned_on, time.max, tzinfo=SHANGHAI)
        why = (
            _("Under way: finish it, or send what still waits on your device.")
            if row.state == State.OPEN
            else _("Open it once with network; then it can be carried out without.")
        )
        name = "onsite-field" if row.state == State.OPEN else "onsite-visit"
        said = _("On-site visit: %(place)s, %(day)s") % {
            "place": row.institution.short_name, "day": web_words.day(row.planned_on),
        }  # fmt: skip
        state = "late" if end < now else "info"
        found.append(Todo(state, said, why, reverse(name, args=[row.pk]), end))
    return found


def _to_put_right(membership: Membership, now: datetime) -> list[Todo]:
    here = membership.institution_id
    rows = OnsiteRectification.objects.filter(
        Q(institution=here) | Q(institution__parent=here), state__in=OnsiteRectification.WITH_INSTITUTION
    ).order_by("due_at")
    dues = list(rows.values_list("due_at", flat=True))
    if not dues:
        return []
    late = sum(due < now for due in dues)
    what = ngettext(
        "%(n)d item of the on-site assessment to put right",
        "%(n)d items of the on-site assessment to put right", len(dues),
    ) % {"n": len(dues)}  # fmt: skip
    why = (
        _("%(n)d past their day.") % {"n": late} if late else _("Say what was put right, with what shows it.")
    )
    url = reverse("onsite-rectifications")
    return [Todo("late" if late else "warn", what, why, url, dues[0], len(dues))]


def _to_recheck(membership: Membership) -> list[Todo]:
    rows = OnsiteRectification.objects.filter(state=Right.ANSWERED)
    if not (membership.can(PLAN) and membership.institution_id is None):
        rows = rows.filter(result__visit__inspectors__member=membership)
    number = rows.count()
    if not number:
        return []
    what = ngettext("%(n)d rectification to re-check", "%(n)d rectifications to re-check", number)
    why = _("Compare what was put right with what was found.")
    return [Todo("info", what % {"n": number}, why, reverse("onsite-rectifications"), None, number)]


def _to_answer(membership: Membership) -> list[Todo]:
    rows = OnsiteStatement.objects.filter(answered_at=None).select_related("result__visit__institution")
    rows = rows.exclude(result__visit__inspectors__member__user=membership.user_id)
    return [
        Todo(
            "info", _("%(place)s states its view on %(item)s") % {
                "place": row.result.visit.institution.short_name, "item": row.result.item,
            },
            row.text[:80], reverse("onsite-visit", args=[row.result.visit_id]) + f"#i-{row.result.item}",
        )
        for row in rows.order_by("pk")[:20]
    ]  # fmt: skip
