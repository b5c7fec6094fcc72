"""What waits for whom: appeals to acknowledge, to answer, and those nearly late (practice.md 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from alliance.web import words
from performance.appeals.involved import sql
from performance.models import Appeal, AppealLine, PayPot
from performance.models.appeals import HANDLE, VIEW

State = Appeal.State
# To whom an appeal is reported upward before it is late.
UPWARD = frozenset({"alliance_admin", "management_committee"})


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Own to answer; in the office to acknowledge, to give to somebody else, reported upward. Five queries at
    most, whatever the number of appeals.
    """
    if not membership.can(VIEW):
        return []
    return [*_mine(membership, now), *_office(membership, now)]


def _mine(membership: Membership, now: datetime) -> list[Todo]:
    """Assigned to me, each with its clock."""
    rows = Appeal.objects.filter(handler__user=membership.user_id, state=State.ASSIGNED).annotate(
        added=Count("additions"), last=Max("additions__added_at"), waits=Exists(_not_posted())
    )
    found = list(rows.order_by("due_at"))
    stuck = sql.stuck() if found else set()
    return [
        Todo(
            _state(row.due_at, row.escalates_at, now), _("Answer appeal %(n)d") % {"n": row.pk},
            _("You are involved in it by now: somebody else decides it.") if row.pk in stuck else _why(row),
            reverse("appeal", args=[row.pk]), row.due_at,
        )
        for row in found
    ]  # fmt: skip


def _not_posted() -> Any:
    """Lines of pay of an appeal whose pot is not in the books."""
    rows = AppealLine.objects.filter(appeal=OuterRef("pk"), pay_line__isnull=False)
    return rows.exclude(pay_line__pot__state=PayPot.State.POSTED)


def _why(row: Any) -> str:
    """What is new since the examiner was asked: additions, a pot that is in the books now."""
    said = []
    if row.added:
        text = ngettext(
            "%(n)d addition, of %(at)s: read it before you answer.",
            "%(n)d additions, the last of %(at)s: read them before you answer.", row.added,
        )  # fmt: skip
        said.append(text % {"n": row.added, "at": words.moment(row.last)})
    if row.draft and row.draft.get("by", row.handler_id) == row.handler_id and not row.waits:
        said.append(_("What your decision waited for is in the books."))
    return " ".join(said) or _("It is yours: nobody involved decides it.")


def _state(due: datetime, escalates: datetime, now: datetime) -> str:
    return "late" if due <= now else "warn" if escalates <= now else "info"


def _office(membership: Membership, now: datetime) -> list[Todo]:
    if membership.institution_id is not None:
        return []
    upward = bool(UPWARD & set(membership.roles))
    if not membership.can(HANDLE) and not upward:
        return []
    filed, near = Q(state=State.FILED), Q(escalates_at__lte=now)
    found = Appeal.objects.unanswered().order_by().aggregate(
        filed=Count("pk", filter=filed), first=Min("due_at", filter=filed),
        near=Count("pk", filter=near), soon=Min("due_at", filter=near),
    )  # fmt: skip
    todos = []
    if membership.can(HANDLE) and (stuck := sql.stuck()):
        said = ngettext(
            "%(n)d appeal needs another examiner", "%(n)d appeals need another examiner", len(stuck)
        )
        due = Appeal.objects.filter(pk__in=stuck).order_by("due_at").values_list("pk", "due_at")
        first, at = due[0]
        todos.append(Todo(
            "late" if at <= now else "warn", said % {"n": len(stuck)},
            _("Who examines it is involved by now: give it to somebody else."),
            reverse("appeal", args=[first]), at, len(stuck),
        ))  # fmt: skip
    if found["filed"] and membership.can(HANDLE):
        said = ngettext("%(n)d appeal to acknowledge", "%(n)d appeals to acknowledge", found["filed"])
        todos.append(Todo(
            "late" if found["first"] <= now else "warn", said % {"n": found["filed"]},
            _("Give it to somebody who is not involved."), f"{reverse('appeals')}?state=filed",
            found["first"], found["filed"],
        ))  # fmt: skip
    if found["near"]:
        if found["soon"] <= now:
            said = ngettext(
                "%(n)d appeal is late or nearly so", "%(n)d appeals are late or nearly so", found["near"]
            )
            state, why = "late", _("Reported upward; a time is over.")
        else:
            said = ngettext("%(n)d appeal is nearly late", "%(n)d appeals are nearly late", found["near"])
            state, why = "warn", _("Reported upward before its time is over.")
        todos.append(Todo(
            state, said % {"n": found["near"]}, why, reverse("appeals"), found["soon"], found["near"]
        ))  # fmt: skip
    return todos
