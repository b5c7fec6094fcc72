"""What waits: a letter to sign or to sign anew, and for heads and offices who is missing."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, pgettext

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services.inbox import Todo
from alliance.web import words
from performance.duty.models import LIST, RUN, SIGN, Reminded, Reminder, Signature
from performance.duty.services import rounds, signing


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Five queries at most; a reminder raises what waits already and adds no second line."""
    round_ = rounds.current() if membership.can(SIGN) or membership.can(LIST) else None
    if round_ is None:
        return []
    today = timezone.localdate(now)
    due = rounds.due(round_, today)
    found = []
    if membership.can(SIGN) and (own := due.filter(pk=membership.pk).first()) is not None:
        found += _own(own, round_.pk, today)
    if membership.can(LIST):
        found += _missing(rounds.missing(rounds.within(due, membership)).exclude(pk=membership.pk),
                          membership, round_.pk, today)  # fmt: skip
    return found


def _own(row: Membership, round_id: int, today: date) -> list[Todo]:
    due, valid_to = row.due_on, row.valid_to  # type: ignore[attr-defined]  (annotated)
    url = reverse("duty-sign")
    if valid_to is None:
        told = Reminded.objects.filter(round=round_id, membership=row).select_related("reminder").first()
        why = pgettext("duty", "Read it, tick the zero-tolerance clauses, sign with your password.")
        if told is not None:
            why = pgettext("duty", "You were reminded by %(number)s.") % {"number": told.reminder.number}
        what = pgettext("duty", "Sign the responsibility letter for the fund")
        return [Todo(_state(due, today, told is not None), what, why, url, _end(due))]
    follows = Signature.objects.filter(membership=row, valid_from__gt=today)
    if not signing.renews(valid_to, today) or follows.exists():
        return []
    what = pgettext("duty", "Sign the responsibility letter anew")
    why = pgettext("duty", "Your signature holds until %(day)s.") % {"day": words.day(valid_to)}
    return [Todo("warn", what, why, url, _end(valid_to))]


def _missing(rows: QuerySet[Any], membership: Membership, round_id: int, today: date) -> list[Todo]:
    """The head reads of them once a reminder went out or the first is overdue; who runs the round always."""
    counted = rows.aggregate(first=Min("due_on"), n=Count("pk"))
    if not (n := counted["n"]):
        return []
    numbers = Reminder.objects.filter(round=round_id, lines__membership__in=rows.order_by().values("pk"))
    told = numbers.values_list("number", flat=True).first()
    if told is None and counted["first"] >= today and not membership.can(RUN):
        return []
    what = ngettext(
        "%(n)d person has not signed the responsibility letter",
        "%(n)d persons have not signed the responsibility letter", n,
    ) % {"n": n}  # fmt: skip
    why = pgettext("duty", "Everybody who must sign has to.")
    if told is not None:
        why = pgettext("duty", "They were reminded by %(number)s.") % {"number": told}
    state = _state(counted["first"], today, told is not None)
    return [Todo(state, what, why, reverse("duty"), _end(counted["first"]), n)]


def _state(due: date, today: date, told: bool) -> str:
    return "late" if due < today else "warn" if told else "info"


def _end(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), SHANGHAI)
