"""What waits for whom: clues to explain, to decide, to confirm as second person."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from performance.fairness.services.explaining import EXPLAIN
from performance.fairness.services.uninvolved import DECIDE
from performance.models import Clue, ClueRemedy

State, Kind = Clue.State, ClueRemedy.Kind


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """One line for what the own institution may explain, one each for what is to be decided; one query."""
    if membership.institution_id is not None:
        if not membership.can(EXPLAIN):
            return []
        return [*_to_explain(membership, now), *_to_answer(membership, now)]
    return [*_to_decide(membership, now), *_to_follow(membership, now)] if membership.can(DECIDE) else []


def _to_answer(membership: Membership, now: datetime) -> list[Todo]:
    """Data-quality notices of the own institution."""
    rows = ClueRemedy.objects.seen_by(membership).filter(kind=Kind.NOTICE, state=ClueRemedy.State.IN_FORCE)
    return [
        Todo(
            "late" if row.due_at and row.due_at < now else "warn",
            _("A data-quality notice is to be answered"), row.why,
             f"{reverse('clue', args=[row.clue_id])}#measures", row.due_at, button=_("Answer"),
        )
        for row in rows
    ]  # fmt: skip


def _to_follow(membership: Membership, now: datetime) -> list[Todo]:
    """Measures to put to the vote, and tasks to close."""
    own = Membership.objects.filter(user=membership.user_id, institution__isnull=False).values("institution")
    rows = ClueRemedy.objects.exclude(clue__institution__in=own).exclude(clue__other__in=own)
    vote = Q(state=ClueRemedy.State.OPEN)
    task = Q(state=ClueRemedy.State.ANSWERED) | Q(state=ClueRemedy.State.IN_FORCE, due_at__lte=now)
    found = rows.aggregate(vote=Count("pk", filter=vote), task=Count("pk", filter=task))
    url = f"{reverse('clues')}?view=confirmed"
    todos = []
    if found["vote"]:
        what = ngettext("%(n)d measure is to be put to the vote", "%(n)d measures are to be put to the vote",
                        found["vote"])  # fmt: skip
        why = _("Confirmed by two; it takes effect by the vote.")
        todos.append(Todo("info", what % {"n": found["vote"]}, why, url, None, found["vote"]))
    if found["task"]:
        what = ngettext("%(n)d measure is to be closed", "%(n)d measures are to be closed", found["task"])
        why = _("Answered, or its deadline has passed.")
        todos.append(Todo("warn", what % {"n": found["task"]}, why, url, None, found["task"]))
    return todos


def _to_explain(membership: Membership, now: datetime) -> list[Todo]:
    rows = Clue.objects.seen_by(membership).filter(state=State.OPEN)
    found = rows.aggregate(n=Count("pk"), due=Min("due_at"))
    if not found["n"]:
        return []
    what = ngettext("%(n)d clue may be explained", "%(n)d clues may be explained", found["n"])
    state = "late" if found["due"] and found["due"] < now else "warn"
    why = _("What you say is read before anybody decides.")
    return [
        Todo(state, what % {"n": found["n"]}, why, reverse("clues"), found["due"], found["n"], _("Explain"))
    ]


def _to_decide(membership: Membership, now: datetime) -> list[Todo]:
    own = {
        row.institution_id
        for row in Membership.objects.filter(user=membership.user_id, institution__isnull=False)
    }
    rows = Clue.objects.seen_by(membership).exclude(institution__in=own).exclude(other__in=own)
    ripe = Q(state=State.ANSWERED) | Q(state=State.OPEN, due_at__lte=now) | Q(state=State.OPEN, due_at=None)
    second = Q(state=State.PROPOSED) & ~Q(decided_by__user=membership.user_id)
    found = rows.aggregate(ripe=Count("pk", filter=ripe), second=Count("pk", filter=second))
    todos = []
    if found["ripe"]:
        what = ngettext("%(n)d clue to decide", "%(n)d clues to decide", found["ripe"])
        why = _("The institution has spoken, or its time is over.")
        todos.append(
            Todo("info", what % {"n": found["ripe"]}, why, reverse("clues"), None, found["ripe"], _("Decide"))
        )
    if found["second"]:
        what = ngettext("%(n)d clue waits for a second person", "%(n)d clues wait for a second person",
                        found["second"])  # fmt: skip
        why = _("Two people confirm a clue.")
        todos.append(
            Todo("info", what % {"n": found["second"]}, why, reverse("clues"), None, found["second"])
        )
    return todos
