"""What waits for whom: plans to write, to answer, to submit and to post; entries for a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services.inbox import Todo
from performance.models import (
    Entitlement,
    FundEntry,
    PayLinked,
    PayPot,
    PayReply,
    PayRule,
    PayTotal,
    PayUplift,
)
from performance.models.pay import CONFIRM, DISTRIBUTE, VIEW
from performance.models.pay_sight import leads_all
from performance.pay import told

State = PayPot.State


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Eleven queries at most."""
    if membership.institution_id is None:
        return _office(membership) if membership.can(CONFIRM) else []
    if not membership.can(VIEW):
        return []
    return [*_led(membership, now), *_mine(membership)]


def _office(membership: Membership) -> list[Todo]:
    """Submitted plans to check and post; what another person entered."""
    found = []
    plans = (
        PayPot.objects.filter(state=State.SUBMITTED).exclude(submitted_by__user=membership.user_id).count()
    )
    if plans:
        found.append(Todo(
            "info", ngettext("%(n)d plan to check and post", "%(n)d plans to check and post", plans)
            % {"n": plans},
            _("The department has seen it and every objection is answered."), _pots(State.SUBMITTED), None,
            plans,
        ))  # fmt: skip
    entered = sum(
        model.objects.filter(confirmed_at=None, set_aside_at=None)
        .exclude(entered_by__user=membership.user_id)
        .count()
        for model in (FundEntry, PayTotal, PayRule)
    )
    found += [*_sheets(membership), *_uplifts(membership)]
    if entered:
        found.append(Todo(
            "info", ngettext("%(n)d entry of pay waits for a second person",
                             "%(n)d entries of pay wait for a second person", entered) % {"n": entered},
            _("Compare it with the decision, then confirm it or set it aside."), reverse("pay-sources"), None,
            entered,
        ))  # fmt: skip
    return found


def _sheets(membership: Membership) -> list[Todo]:
    """Entitlement sheets that another person entered."""
    rows = Entitlement.objects.filter(confirmed_at=None, set_aside_at=None)
    n = rows.exclude(entered_by__user=membership.user_id).count()
    said = ngettext("%(n)d entitlement sheet to confirm", "%(n)d entitlement sheets to confirm", n) % {"n": n}
    how = _("Compare numbers and decision, then confirm it or set it aside.")
    return [Todo("info", said, how, reverse("pay-entitlements"), None, n)] if n else []


def _uplifts(membership: Membership) -> list[Todo]:
    """Uplifts of pay totals, and lists of linked indicators, that another person entered."""
    how, found = _("Compare it with the decision, then confirm it or set it aside."), []
    rows = PayUplift.objects.filter(confirmed_at=None, set_aside_at=None)
    if n := rows.exclude(entered_by__user=membership.user_id).count():
        said = ngettext("%(n)d uplift sheet to confirm", "%(n)d uplift sheets to confirm", n) % {"n": n}
        found.append(Todo("info", said, how, reverse("pay-uplifts"), None, n))
    lists = PayLinked.objects.filter(confirmed_at=None, set_aside_at=None)
    if n := lists.exclude(entered_by__user=membership.user_id).count():
        said = ngettext(
            "%(n)d list of linked indicators to confirm", "%(n)d lists of linked indicators to confirm", n
        ) % {"n": n}
        found.append(Todo("info", said, how, reverse("pay-linked"), None, n))
    return found


def _led(membership: Membership, now: datetime) -> list[Todo]:
    """Pots without a plan, and plans that have been shown their days."""
    if not membership.can(DISTRIBUTE):
        return []
    own = Q(institution=membership.institution_id)
    if not leads_all(membership):
        if membership.department_id is None:
            return []
        own &= Q(department=membership.department_id)
    rows: dict[str, Any] = PayPot.objects.filter(own, pool__state="posted").aggregate(
        open=Count("pk", filter=Q(state__in=[State.OPEN, State.DRAFTED])),
        first=Min("pool__month", filter=Q(state__in=[State.OPEN, State.DRAFTED])),
        ripe=Count("pk", filter=Q(state=State.SHOWN, shown_until__lte=now)),
    )
    found = []
    if rows["open"]:
        due = told.due_at(Month.of(rows["first"]))
        why = _("A group of the department agrees on the points, with minutes.")
        if now >= due:
            why = _("Late by the calendar. The last month's shares stand ready as a proposal for the group.")
        found.append(Todo(
            "late" if now >= due else "warn",
            ngettext("%(n)d pot to distribute", "%(n)d pots to distribute", rows["open"])
            % {"n": rows["open"]},
            why, _pots(State.OPEN), due, rows["open"],
        ))  # fmt: skip
    if rows["ripe"]:
        found.append(Todo(
            "info", ngettext("%(n)d plan can be submitted", "%(n)d plans can be submitted", rows["ripe"])
            % {"n": rows["ripe"]},
            _("Its days are over; open objections are answered first."), _pots(State.SHOWN), None,
            rows["ripe"],
        ))  # fmt: skip
    return found


def _mine(membership: Membership) -> list[Todo]:
    """Plans with my line that I have not answered."""
    said = PayReply.objects.filter(staff__user=membership.user_id).values("plan")
    rows = PayPot.objects.seen_by(membership).filter(
        state=State.SHOWN, plan__lines__staff__user=membership.user_id
    ).exclude(plan__in=said)  # fmt: skip
    return [
        Todo(
            "info", _("Look at your line: %(name)s") % {"name": row.place},
            _("Agree, or object with a reason, while the plan is shown."), reverse("pay-pot", args=[row.pk]),
            row.shown_until,
        )
        for row in rows.named()
    ]  # fmt: skip


def _pots(state: str) -> str:
    return f"{reverse('pay-pots')}?state={state}"
