"""What the pages of training show."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.training import facts, forms, tables
from alliance.training.models import Session, Spending, attendances_for
from alliance.web import parts, words
from alliance.web.access import way

PER_PAGE = 50


def tabs(current: str, membership: Membership) -> list[parts.Tab]:
    """The pages of the room that the member may open."""
    pages = [
        ("training", pgettext("training", "Sessions")), ("training-hours", _("Hours of the year")),
        ("training-policy", _("Policy training")), ("training-fund", _("Training fund")),
    ]  # fmt: skip
    ways = [(name, label, way(membership, name)) for name, label in pages]
    return [parts.Tab(label, address, name == current) for name, label, address in ways if address]


def session_page(session: Session, membership: Membership, **forms_given: Any) -> dict[str, Any]:
    """Everything of a session's page: who took part is shown to each institution for its own staff, to the
    organiser and the alliance's offices for all.
    """
    here, planned = membership.institution_id, session.state == Session.State.PLANNED
    seen = attendances_for(membership).filter(session=session)
    rows = Paginator(seen.select_related("staff__institution", "staff__department"), PER_PAGE)
    page = rows.get_page(forms_given.get("number"))
    enters = planned and here is not None and membership.can("training.attend")
    organises = planned and here == session.organiser_id and membership.can("training.organise")
    return {
        "title": session.title, "session": session, "chip": tables.session_chip(session),
        "facts_session": session_facts(session), "figs": session_figs(session),
        "rows": list(page), "page": page,
        "attend": forms_given.get("attend") or (_attend(session, here) if enters else None),
        "sheet": forms_given.get("sheet") or (forms.SheetForm() if enters else None),
        "actions": organiser_actions(session) if organises else [],
        "may_void": membership.can("training.attend"), "here": here, "history": parts.history(session),
        "why_form": forms.WhyForm(),
    }  # fmt: skip


def _attend(session: Session, here: int | None) -> forms.AttendForm:
    assert here is not None
    return forms.AttendForm(session=session, institution=here)


def organiser_actions(session: Session) -> list[parts.Action]:
    """Close or cancel."""
    address = (
        reverse("training-act", args=[session.pk, "close"]),
        reverse("training-act", args=[session.pk, "cancel"]),
    )
    version = f"?version={session.version}"
    return [
        parts.Action(_("Close the list"), address[0] + version, "ok", "primary"),
        parts.Action(
            _("Cancel the session…"), address[1] + version, "x", form=forms.WhyForm(auto_id="cancel-%s"),
        ),
    ]  # fmt: skip


def session_facts(session: Session) -> list[parts.Fact]:
    """When, where, by whom."""
    found = [
        parts.Fact(_("organised by"), session.organiser.name),
        parts.Fact(_("teacher"), session.teacher),
        parts.Fact(_("mode of training"), str(session.get_mode_display())),
        parts.Fact(_("begins"), words.moment(session.starts_at)),
        parts.Fact(_("ends"), words.moment(session.ends_at)),
    ]
    for label, value in (
        (pgettext("training", "policy training for"), str(session.get_tier_display())),
        (pgettext("training", "kind of course"), str(session.get_course_display())),
        (_("topic"), session.topic),
        (_("place or link"), session.place),
        (_("why"), session.why),
    ):
        if value:
            found.append(parts.Fact(label, value))
    if session.pass_mark is not None:
        found.append(parts.Fact(_("pass mark of 100"), str(session.pass_mark)))
    return found


def session_figs(session: Session) -> list[parts.Fig]:
    """Persons, hours, institutions, passed."""
    rows = session.attendances.filter(voided_at=None)
    found = list(rows.values_list("minutes", "points", "staff__institution"))
    examined = [points for _minutes, points, _place in found if points is not None]
    passed = sum(points >= (session.pass_mark or 0) for points in examined)
    hours = Decimal(sum(minutes for minutes, _points, _place in found)) / 60
    figs = [
        parts.Fig(_("took part"), words.num(len(found)), pgettext("training", "persons")),
        parts.Fig(_("hours of all"), words.num(hours, 1), pgettext("unit", "hours")),
        parts.Fig(_("institutions"), words.num(len({place for _m, _p, place in found}))),
    ]
    if session.pass_mark is not None:
        figs.append(parts.Fig(_("passed"), words.num(passed), _("of %(n)d") % {"n": len(examined)}))
    return figs


def hours_page(
    rows: list[facts.Hours], until: Any, membership: Membership, number: str | None = None
) -> dict[str, Any]:
    """Doctors of the primary institutions and their hours, fewest first, page by page; figures of all."""
    states = Counter(row.state for row in rows)
    least = rows[0].least if rows else 0
    page = Paginator(rows, PER_PAGE).get_page(number)
    figs = rows and [
        parts.Fig(_("doctors of primary institutions"), words.num(len(rows))),
        parts.Fig(_("have reached %(n)d hours") % {"n": least}, words.num(states["ok"])),
        parts.Fig(_("in time"), words.num(states["warn"])),
        parts.Fig(_("behind the year's pace"), words.num(states["late"]), bad=bool(states["late"])),
    ]
    return {
        "title": _("Training hours of the year"), "tabs": tabs("training-hours", membership),
        "figs": figs, "until": until, "page": page,
        "rows": [(row, Decimal(row.minutes) / 60 * 100 / row.least if row.least else 0) for row in page],
        "share_of_year": Decimal(until.timetuple().tm_yday * 100) / 365,
    }  # fmt: skip


def fund_page(membership: Membership, funds: list[facts.Fund], payments: Page, form: Any) -> dict[str, Any]:
    """The fund of each institution with its formula, the payments, the form of the own institution."""
    return {
        "title": _("Training fund"), "tabs": tabs("training-fund", membership), "form": form,
        "funds": [(fund, fund_lines(fund, membership)) for fund in funds], "many": len(funds) > 1,
        "a_head_fen": funds[0].a_head_fen if funds else 0,
        "totals": [sum(amounts) for amounts in zip(*map(_amounts, funds), strict=True)],
        "payments": [(one, payment_actions(one, membership)) for one in payments], "page": payments,
    }  # fmt: skip


def _amounts(fund: facts.Fund) -> tuple[int, ...]:
    """The columns of the table that add up: left, persons, the year's fund, paid, waiting."""
    return fund.rest_fen, fund.served, fund.fen, fund.spent_fen, fund.waiting_fen


def fund_lines(fund: facts.Fund, membership: Membership) -> list[parts.FormulaLine]:
    """Persons served times the amount a head, less confirmed payments."""
    yuan = _("yuan")
    a_head = [
        parts.Term(words.num(fund.served), _("persons served")),
        parts.Term(
            words.yuan(fund.a_head_fen), _("yuan a head and year"), way(membership, "parameters"), "×"
        ),
    ]
    return [
        parts.FormulaLine(_("fund of the year"), a_head, words.yuan(fund.fen), unit=yuan),
        parts.FormulaLine(_("paid, confirmed"), (), words.yuan(-fund.spent_fen), unit=yuan),
        parts.FormulaLine(_("left in the fund"), (), words.yuan(fund.rest_fen), total=True, unit=yuan),
    ]


def payment_actions(payment: Spending, membership: Membership) -> list[parts.Action]:
    """Confirm or reject, for a second person."""
    own = payment.entered_by.user_id == membership.user_id
    if payment.state != Spending.State.ENTERED or own or not membership.can("training.confirm"):
        return []
    version = f"?version={payment.version}"
    return [
        parts.Action(_("Confirm"), reverse("training-payment", args=[payment.pk, "confirm"]) + version, "ok"),
        parts.Action(
            _("Reject…"), reverse("training-payment", args=[payment.pk, "reject"]) + version, "ban",
            form=forms.WhyForm(auto_id=f"reject-{payment.pk}-%s"),
        ),
    ]  # fmt: skip
