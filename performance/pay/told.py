"""What the page of a pot says beside its numbers: shown until when, late, what posting it costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from performance.appeals import facts as appeals
from performance.life.plan import planned
from performance.models import MonthStep, PayPot
from performance.pay.before import last_plan

State = PayPot.State


def shown_said(pot: PayPot, now: datetime) -> str:
    """While a plan is shown: until when its people object to it, which is no appeal."""
    if pot.state != State.SHOWN or pot.shown_until is None or now >= pot.shown_until:
        return ""
    return _(
        "The department is shown this plan until %(until)s. Until then its people agree or object here; the "
        "head answers. An objection to the plan is no appeal: appeals about an amount are filed from the "
        "slip, until the day named there."
    ) % {"until": web_words.until(pot.shown_until)}


def posting_said(pot: PayPot, membership: Membership, steps: Sequence[parts.Action]) -> str:
    """What posting the pot would cost who may do it: an appeal about it that they examine is theirs no more;
    '' for anybody else.
    """
    url = reverse("pay-pot-act", args=[pot.pk, "post"])
    if not any(one.url.startswith(url) for one in steps):
        return ""
    asked = appeals.examined_about(pot.pk, membership)
    if not asked:
        return ""
    return _(
        "You examine an appeal about this pot (number %(numbers)s). Who posts the pot is involved and no "
        "longer answers it: let a colleague post it, or give the appeal to somebody else first."
    ) % {"numbers": "、".join(str(one) for one in asked)}


def late_said(pot: PayPot, now: datetime) -> str:
    """The reminder of a late pot, with what helps; '' while it is not late."""
    since = late(pot, now)
    if since is None:
        return ""
    text = _("The second distribution of this pot is late: by the calendar it was due %(until)s.") % {
        "until": web_words.until(since)
    }
    if pot.state != State.OPEN:
        return f"{text} {_('The plan is written: show it to the department.')}"
    if last_plan(pot) is None:
        return f"{text} {_('No earlier plan of this pot is in the books; the roster gives the points.')}"
    return f"{text} {_('The shares of the last month can be taken as a proposal; the group confirms them.')}"


def late(pot: PayPot, now: datetime) -> datetime | None:
    """Since when the second distribution of a pot is late by the month's calendar; None while it is not."""
    if pot.state not in (State.OPEN, State.DRAFTED):
        return None
    due = due_at(pot.pool.period)
    return due if now >= due else None


def due_at(month: Month) -> datetime:
    """Until when plans of a month are submitted, by its calendar; three queries."""
    return next(one for one in planned(month) if one.step == MonthStep.SECOND).due_at
