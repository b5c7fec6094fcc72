"""What the pages of days of patients show: the year as a calendar, one day, one focus group."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import parts, words
from alliance.web.cells import chip
from complaints.events import forms
from complaints.events.facts import places
from complaints.events.models import RUN, FocusGroup, PatientDay

State = PatientDay.State
CHIPS = {"planned": "info", "held": "ok", "cancelled": ""}


def calendar(membership: Membership, year: int, today: date) -> dict[str, Any]:
    """Institutions by months: held, planned, missing; how many of the months due are kept. Two queries."""
    here = membership.institution_id
    rows = PatientDay.objects.visible_to(membership).filter(month__year=year).exclude(state=State.CANCELLED)
    days = {(row.institution_id, row.month.month): row for row in rows}
    due = [n for n in range(1, 13) if date(year, n, 1) <= today]
    lines, held_all = [], 0
    shown = [one for one in places() if here in (None, one.pk)]
    for place in shown:
        cells = [
            _cell(days.get((place.pk, n)), n in due, date(year, n, 1) == today.replace(day=1))
            for n in range(1, 13)
        ]
        held = sum(1 for n in due if (row := days.get((place.pk, n))) and row.state == State.HELD)
        held_all += held
        lines.append({"place": place, "cells": cells, "held": held, "due": len(due)})
    whole = len(due) * len(shown)
    return {
        "lines": lines, "months": [words.month(date(year, n, 1)) for n in range(1, 13)], "held": held_all,
        "due": whole, "year": year, "numbers": range(1, 13),
    }  # fmt: skip


def _cell(row: PatientDay | None, due: bool, now: bool) -> dict[str, Any]:
    """A month of an institution: its kind names the state in a word, the colour only repeats it."""
    if row is not None:
        at = row.held_on or row.planned_on
        kind = CHIPS[row.state]
        url = reverse("patient-day", args=[row.pk])
        return {"kind": kind, "text": f"{at.day}", "word": str(row.get_state_display()), "url": url}
    if due and not now:
        return {"kind": "late", "text": "✗", "word": pgettext("patient day", "missing"), "url": ""}
    return {"kind": "", "text": words.DASH, "word": pgettext("patient day", "open"), "url": ""}


def day(row: PatientDay, membership: Membership, given: Mapping[str, Any]) -> dict[str, Any]:
    """One day."""
    found = [
        parts.Fact(_("institution"), row.institution.name), parts.Fact(_("month"), words.month(row.month)),
        parts.Fact(pgettext("patient day", "planned for"), words.day(row.planned_on)),
    ]  # fmt: skip
    if row.held_on:
        found += [
            parts.Fact(pgettext("patient day", "held on"), words.day(row.held_on)),
            parts.Fact(pgettext("patient day", "patients and families"), words.num(row.visitors)),
            parts.Fact(pgettext("patient day", "questions and suggestions"), words.num(row.asked)),
            parts.Fact(pgettext("patient day", "settled on the spot"), words.num(row.settled)),
        ]
    if row.why:
        found.append(parts.Fact(pgettext("patient day", "why cancelled"), row.why))
    made: dict[str, Any] = {"hold": forms.HoldForm, "cancel": forms.WhyForm}
    actions = [
        parts.Action(
            str(step.custom["label"]),
            f"{reverse('patient-day-act', args=[row.pk, step.name])}?version={row.version}",
            step.custom["icon"], "primary" if step.name == "hold" else "",
            form=given.get(step.name) or made[step.name](auto_id=f"{step.name}-%s"),
        )
        for step in row.steps_for(membership)
    ]  # fmt: skip
    return {
        "title": row.topic, "row": row, "chip": chip(CHIPS[row.state], row.get_state_display()),
        "facts_row": found, "actions": actions, "history": parts.history(row),
    }  # fmt: skip


def group(row: FocusGroup, membership: Membership, given: Any) -> dict[str, Any]:
    """One focus group."""
    counts = [
        (pgettext("focus group", "inpatients"), row.inpatients),
        (pgettext("focus group", "outpatients"), row.outpatients),
        (pgettext("focus group", "families"), row.families), (pgettext("focus group", "staff"), row.staff),
    ]  # fmt: skip
    found = [
        parts.Fact(_("institution"), row.institution.name),
        parts.Fact(pgettext("focus group", "held on"), words.day(row.held_on)),
        *(parts.Fact(label, words.num(n)) for label, n in counts),
        parts.Fact(pgettext("focus group", "who follows up"), str(row.owner.user)),
        parts.Fact(pgettext("focus group", "until"), words.day(row.due_on)),
    ]
    actions = []
    may = row.owner_id == membership.pk or (membership.can(RUN) and membership.sees(row.institution_id))
    if row.done_at is None and may:
        url = reverse("focus-group-done", args=[row.pk])
        form = given or forms.DoneForm(auto_id="done-%s")
        actions.append(
            parts.Action(pgettext("focus group", "It is done"), url, "check", "primary", form=form)
        )
    return {"title": row.topic, "row": row, "facts_row": found, "actions": actions}
