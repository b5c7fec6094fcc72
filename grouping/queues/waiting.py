"""Inbox lines of the work queues: questions to answer, records to clear, answers overdue."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from grouping.models import CaseQuestion, WorkItem
from grouping.models.queues import LIVE, State


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """One query; nothing for who neither works nor answers here."""
    works, answers = membership.can("queue.work"), membership.can("queue.answer")
    if not (works or answers):
        return []
    asked = CaseQuestion.objects.filter(item=OuterRef("pk"), answered_at=None).values("due_at")[:1]
    seen = WorkItem.objects.visible_to(membership).filter(state__in=LIVE).annotate(due_at=Subquery(asked))
    found = seen.aggregate(
        todo=Count("pk", filter=Q(state__in=[State.OPEN, State.ANSWERED]), distinct=True),
        asked=Count("pk", filter=Q(state=State.ASKED), distinct=True),
        late=Count("pk", filter=Q(state=State.ASKED, due_at__lte=now), distinct=True),
        due=Min("due_at", filter=Q(state=State.ASKED)),
    )
    todos = _to_answer(found) if answers else []
    return todos + (_to_clear(found) if works else [])


def _to_answer(found: dict[str, object]) -> list[Todo]:
    number, late = int(str(found["asked"])), int(str(found["late"]))
    if not number:
        return []
    what = ngettext("%(n)d question about a record", "%(n)d questions about records", number) % {"n": number}
    due = found["due"] if isinstance(found["due"], datetime) else None
    url = f"{reverse('work-queue')}?view=asked"
    why = _("The coder cannot go on without the doctor's answer.")
    return [Todo("late" if late else "warn", what, why, url, due, number, _("Answer"))]


def _to_clear(found: dict[str, object]) -> list[Todo]:
    number, late = int(str(found["todo"])), int(str(found["late"]))
    todos = []
    if number:
        what = ngettext("%(n)d record to clear", "%(n)d records to clear", number) % {"n": number}
        why = _("By cause, with one action for many.")
        todos.append(Todo("warn", what, why, reverse("work-queue"), None, number, _("Clear")))
    if late:
        what = ngettext("%(n)d answer of a doctor overdue", "%(n)d answers of doctors overdue", late)
        why = _("Telephone, or send the record back to its source.")
        todos.append(Todo("late", what % {"n": late}, why, f"{reverse('work-queue')}?view=late", None, late))
    return todos
