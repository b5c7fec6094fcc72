"""What waits for whom: late steps of the last month with their owner, and with the next one up after days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services.inbox import Todo
from alliance.web import words as web_words
from performance.life import plan, standing, words
from performance.life.standing import Standing
from performance.models import MonthStep
from performance.models.life import LOOK


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Steps of the last month that are late and belong to one of the member's roles, or escalated to it.

    The facts are read only where a step with such a role has passed its day.
    """
    month = Month.of(timezone.localdate(now)).previous()
    if not membership.can(LOOK) or not _concerned(membership, month, now):
        return []
    found = [one for one in standing.standings(month, now) if one.state == standing.LATE]
    return [todo for one in found for todo in _told(one, membership, month, now)]


def _concerned(membership: Membership, month: Month, now: datetime) -> bool:
    roles = set(membership.roles)
    return any(one.due_at <= now and roles & {one.owner, one.escalate_to} for one in plan.planned(month))


def _told(one: Standing, membership: Membership, month: Month, now: datetime) -> Iterable[Todo]:
    """The owner is told when it is late; the next one up after working days. Each of the own institution."""
    roles, here = set(membership.roles), membership.institution_id
    escalated = one.escalated(now) and one.planned.escalate_to in roles
    if not escalated and one.planned.owner not in roles:
        return
    lacking = [gap for gap in one.lacking if here in (None, gap.institution_id)]
    if here is not None and not lacking:
        return
    what = _("%(step)s of %(month)s is late") % {
        "step": one.planned.step.label, "month": web_words.month(month),
    }  # fmt: skip
    yield Todo("late", what, _why(one, lacking, here, escalated=escalated), _url(one, month),
               one.planned.due_at, max(len(lacking), 1))  # fmt: skip


def _why(one: Standing, lacking: list[standing.Lacking], here: int | None, *, escalated: bool) -> str:
    if here is not None:
        gap = lacking[0]
        said = words.missing(str(one.planned.step), gap.have, gap.owed)
    elif lacking:
        said = ngettext("%(n)d institution is missing", "%(n)d institutions are missing", len(lacking))
        said %= {"n": len(lacking)}
    else:
        said = _("Nothing says yet that it is done.")
    return _("Escalated from %(role)s: %(said)s") % {
        "role": words.role(one.planned.owner), "said": said,
    } if escalated else said  # fmt: skip


def _url(one: Standing, month: Month) -> str:
    """The pots for the second distribution, which its people can work on; else the calendar."""
    if one.planned.step == MonthStep.SECOND:
        return f"{reverse('pay-pots')}?month={month}"
    return reverse("month-calendar", args=[str(month)])
