"""What waits of violation cases: statements in their time, cases to warn, to find, to carry out."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from performance.violations.models import FIND, RUN, STATE, Violation


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Lines of the member; a query each."""
    if membership.institution_id is not None:
        return _to_state(membership, now) if membership.can(STATE) else []
    found = _many(membership, "identified", RUN) + _many(membership, "decided", RUN)
    if membership.can(FIND):
        heard = Q(state="heard") | Q(state="warned", due_at__lte=now)
        own = Membership.objects.filter(user=membership.user_id, institution__isnull=False)
        rows = Violation.objects.filter(heard).exclude(opened_by__user=membership.user_id)
        n = rows.exclude(institution__in=own.values("institution")).count()
        if n:
            what = ngettext("%(n)d case waits for a finding", "%(n)d cases wait for a finding", n)
            why = _("The institution was heard, or its time has passed.")
            found.append(Todo("warn", what % {"n": n}, why, reverse("violations"), None, n))
    return found


def _to_state(membership: Membership, now: datetime) -> list[Todo]:
    rows = Violation.objects.seen_by(membership).filter(state="warned", due_at__gt=now)
    return [
        Todo(
            "warn", _told(row), row.title,
            reverse("violation", args=[row.pk]), row.due_at, button=_("Open"),
        )
        for row in rows
    ]  # fmt: skip


def _told(row: Violation) -> str:
    if row.notified_at is None:
        return _("A warning was sent: you may state your view")
    return _("New evidence was added: you may state your view on it")


def _many(membership: Membership, state: str, right: str) -> list[Todo]:
    n = Violation.objects.filter(state=state).count() if membership.can(right) else 0
    if not n:
        return []
    url = f"{reverse('violations')}?state={state}"
    if state == "identified":
        what = ngettext("%(n)d case is to be warned about", "%(n)d cases are to be warned about", n)
        why = _("Complete its evidence and send the warning.")
    else:
        what = ngettext("%(n)d decision is to be carried out", "%(n)d decisions are to be carried out", n)
        why = _("Then the case is closed.")
    return [Todo("info", what % {"n": n}, why, url, None, n)]
