"""What the pages of lock exceptions and of their corrections show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.cells import chip
from alliance.web.lists import PER_PAGE
from performance.life import forms, words
from performance.life.services import exceptions
from performance.life.show_calendar import leads
from performance.life.show_corrections import booked_actions
from performance.models import CorrectionLine, LockException, MonthCorrection
from performance.models.life import SECOND
from performance.models.pay_sight import PERSONS, leads_all


def seen(membership: Membership) -> QuerySet[Any]:
    """Corrections: all for the whole alliance, posted ones that move the own share for an institution."""
    rows = MonthCorrection.objects.select_related(
        "exception__institution", "exception__opened_by__user", "exception__confirmed_by__user",
        "made_by__user", "approval", "journal",
    )  # fmt: skip
    here = membership.institution_id
    if here is None:
        return rows
    own = CorrectionLine.objects.filter(institution=here).values("correction")
    return rows.filter(state=MonthCorrection.State.POSTED, pk__in=own)


def panel(membership: Membership, month: Month, now: datetime, given: Mapping[str, Any]) -> dict[str, Any]:
    """Exceptions of a month with what may be done, corrections that came of them, the form for another."""
    rows = LockException.objects.filter(month=month.first_day).select_related(
        "institution", "opened_by__user", "confirmed_by__user"
    )
    if membership.institution_id is not None:
        rows = rows.filter(institution=membership.institution_id)
    ask = []
    if leads(membership):
        form = given.get("exception") or forms.ExceptionForm(auto_id="exception-%s")
        url = reverse("month-exception-open", args=[str(month)])
        ask = [parts.Action(_("Open a lock exception…"), url, "lock", form=form)]
    return {
        "exceptions": [(row, _chip(row, now), _acts(row, membership, now, given)) for row in rows],
        "ask": ask, "corrections": list(seen(membership).filter(month=month.first_day)),
    }  # fmt: skip


def _chip(row: LockException, now: datetime) -> SafeString:
    if row.holds(now):
        return chip("info", _("corrections accepted"))
    if now >= row.until:
        return chip("", _("has ended"))
    return chip("prov", _("waits for a second person"))


def _acts(
    row: LockException, membership: Membership, now: datetime, given: Mapping[str, Any]
) -> list[parts.Action]:
    found: list[parts.Action] = []
    if membership.institution_id is not None:
        return found
    other = row.opened_by.user_id != membership.user_id
    if row.confirmed_at is None and now < row.until and other and membership.can(SECOND):
        url = reverse("month-exception-agree", args=[row.pk])
        found.append(parts.Action(_("Agree"), url, "check", "primary"))
    if row.holds(now) and leads(membership):
        months = [one for one in books.open_months() if one >= Month.of(row.month)]
        form = given.get(f"correct-{row.pk}") or forms.IntoForm(into=months, auto_id=f"correct{row.pk}-%s")
        url = reverse("month-correct", args=[row.pk])
        found.append(parts.Action(_("Work out the correction…"), url, "sum", form=form))
    return found


def correction(row: MonthCorrection, membership: Membership, number: str | None = None) -> dict[str, Any]:
    """One correction: every share it moves, before and after; a page of what follows below."""
    lines = (
        CorrectionLine.objects.filter(correction=row)
        .select_related("institution", "pool")
        .order_by(F("pool").asc(nulls_first=True), "institution__code")
    )
    if membership.institution_id is not None:
        lines = lines.filter(institution=membership.institution_id)
    found = row.exception
    agreed = str(found.confirmed_by.user) if found.confirmed_by else web_words.DASH
    return {
        "title": _("Correction of %(month)s: %(place)s")
        % {"month": web_words.month(row.month), "place": found.institution.short_name},
        "row": row, "chip": words.booked_chip(row), "lines": list(lines),
        "page": Paginator(parts_seen(row, membership), PER_PAGE).get_page(number),
        "facts": [
            parts.Fact(_("belongs to"), web_words.month(row.month)),
            parts.Fact(_("posted into"), web_words.month(row.into)), parts.Fact(_("reason"), found.reason),
            parts.Fact(_("opened by"), str(found.opened_by.user)), parts.Fact(_("confirmed by"), agreed),
            parts.Fact(_("digest of the inputs"), row.inputs_digest[:12]),
        ],
        "history": parts.history(row), "actions": booked_actions(row, membership, "month-correction"),
    }  # fmt: skip


def parts_seen(row: MonthCorrection, membership: Membership) -> QuerySet[Any]:
    """What it moves below institutions: the office all, leaders the own institution's, a head the own
    department's, others the own lines (second wall).
    """
    rows: QuerySet[Any] = exceptions.parts_of(row)
    here = membership.institution_id
    if here is None:
        return rows
    seen = Q(staff__user=membership.user_id)
    if leads_all(membership):
        seen |= Q(pot__institution=here)
    elif membership.can(PERSONS) and membership.department_id is not None:
        seen |= Q(pot__institution=here, pot__department=membership.department_id)
    return rows.filter(seen)
