"""What the pages of MDT records show: who as what, the plan, estimate beside actual."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import parts, words
from alliance.web.access import way
from referrals.mdt import forms, services, tables
from referrals.mdt.models import RUN, MdtMeeting, Profession


def seats(meeting: MdtMeeting) -> list[Any]:
    """Who takes part now, by profession."""
    rows = meeting.seats.filter(voided_at=None).select_related("staff__department")
    return sorted(rows, key=lambda one: (Profession.values.index(one.profession), one.pk))


def facts(meeting: MdtMeeting, by: Membership, cost: Any = None) -> list[parts.Fact]:
    """Which stay, when, where, what is asked."""
    url = way(by, "case", cost.bill.case_id) if cost else ""
    found = [
        parts.Fact(_("record number"), meeting.record_no, url),
        parts.Fact(_("institution"), meeting.institution.name),
        parts.Fact(_("department"), meeting.department.name if meeting.department else words.DASH),
        parts.Fact(pgettext("mdt", "begins"), words.moment(meeting.starts_at)),
        parts.Fact(pgettext("mdt", "place or link"), meeting.place or words.DASH),
    ]
    if meeting.held_on:
        found.append(parts.Fact(pgettext("mdt", "held on"), words.day(meeting.held_on)))
    if meeting.why:
        found.append(parts.Fact(pgettext("mdt", "why cancelled"), meeting.why))
    return found


def money(meeting: MdtMeeting, cost: Any) -> list[tuple[str, str, str, str]]:
    """Part, estimate, actual, difference, in yuan; a dash where the case does not state it."""
    if meeting.fund_fen is None or meeting.own_fen is None:
        return []
    apart = services.differences(meeting, cost) if cost else {}
    lines = (
        ("fund", pgettext("mdt", "fund"), meeting.fund_fen, cost.fund_fen if cost else None),
        ("own", pgettext("mdt", "own part"), meeting.own_fen, cost.own_fen if cost else None),
        (
            "total",
            pgettext("mdt", "total"),
            meeting.fund_fen + meeting.own_fen,
            cost.total_fen if cost else None,
        ),
    )
    return [
        (label, words.yuan(estimate), words.yuan(real), words.yuan_diff(apart.get(key)))
        for key, label, estimate, real in lines
    ]


def page(meeting: MdtMeeting, by: Membership, given: Mapping[str, Any], today: date) -> dict[str, Any]:
    """One record."""
    cost = services.actual(meeting, by) if meeting.state == MdtMeeting.State.HELD else None
    planned = meeting.state == MdtMeeting.State.PLANNED
    runs = planned and by.can(RUN) and by.sees(meeting.institution_id)
    return {
        "title": meeting.record_no, "meeting": meeting, "chip": tables.state_chip(meeting),
        "facts_meeting": facts(meeting, by, cost), "seats": seats(meeting), "money": money(meeting, cost),
        "cost": cost, "runs": runs, "actions": actions(meeting, by, given, runs=runs),
        "missing": services.said(services.missing(meeting, today)) if planned else "",
        "history": parts.history(meeting),
    }  # fmt: skip


def actions(
    meeting: MdtMeeting, by: Membership, given: Mapping[str, Any], *, runs: bool
) -> list[parts.Action]:
    """Enter who takes part, record it, cancel it."""
    found = []
    if runs:
        form = given.get("seat") or forms.SeatForm(meeting=meeting, auto_id="seat-%s")
        found.append(
            parts.Action(pgettext("mdt", "Enter a participant"), _act(meeting, "seat"), "plus", form=form)
        )
    made: dict[str, Any] = {"hold": forms.HoldForm, "cancel": forms.WhyForm}
    for step in meeting.steps_for(by):
        form = given.get(step.name) or made[step.name](auto_id=f"{step.name}-%s")
        kind = "primary" if step.name == "hold" else ""
        found.append(
            parts.Action(
                str(step.custom["label"]), _act(meeting, step.name), step.custom["icon"], kind, form=form
            )
        )
    return found


def _act(meeting: MdtMeeting, step: str) -> str:
    return f"{reverse('mdt-act', args=[meeting.pk, step])}?version={meeting.version}"
