"""What waits for whom: values to deliver until their day, values to put right, values to confirm."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services.inbox import Todo
from alliance.web import words as web_words
from performance.declared import due, show
from performance.models import DeclaredNotice, DeclaredValue
from performance.models.declared import CONFIRM, ENTER

State = DeclaredValue.State


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Missing values of the last month, notices to answer, values to confirm."""
    found = []
    if membership.can(ENTER) and membership.institution_id is not None:
        found += [*_to_deliver(membership, now), *_notices(membership, now)]
    if membership.can(CONFIRM):
        found += _to_confirm(membership)
    return found


def _to_deliver(membership: Membership, now: datetime) -> list[Todo]:
    month = Month.of(timezone.localtime(now)).previous()
    owed = due.owed(month, institution_id=membership.institution_id)
    missing = [one for one in owed if not one.delivered]
    if not missing:
        return []
    until = due.due_at(month)
    back = sum(one.standing == State.RETURNED for one in missing)
    what = ngettext(
        "%(n)d declared value of %(month)s is missing", "%(n)d declared values of %(month)s are missing",
        len(missing),
    )  # fmt: skip
    why = (
        _("%(n)d sent back: put them right and submit again.") % {"n": back}
        if back
        else _("What is not delivered is not assessed; it never counts as 0.")
    )
    url = reverse("declared-due-place", args=[str(month), missing[0].institution.code])
    state = "late" if until < now else "warn"
    said = what % {"n": len(missing), "month": web_words.month(month)}
    return [Todo(state, said, why, url, until, len(missing), _("Declare values"))]


def _to_confirm(membership: Membership) -> list[Todo]:
    rows = DeclaredValue.objects.seen_by(membership).filter(state=State.SUBMITTED)
    number = rows.exclude(show.others(membership)).count()
    if not number:
        return []
    what = ngettext("%(n)d declared value to confirm", "%(n)d declared values to confirm", number)
    why = _("A second person compares it with its evidence.")
    return [Todo("info", what % {"n": number}, why, reverse("declared"), None, number, _("Confirm"))]


def _notices(membership: Membership, now: datetime) -> list[Todo]:
    rows = DeclaredNotice.objects.filter(institution=membership.institution_id, state="issued")
    return [
        Todo(
            "late" if row.due_at < now else "warn",
            _("A data-quality notice is to be answered: %(wrong)d of %(checked)d values differ")
            % {"wrong": row.wrong, "checked": row.checked},
            _("Say what was put right."), reverse("declared-notice", args=[row.pk]), row.due_at,
        )
        for row in rows
    ]  # fmt: skip
