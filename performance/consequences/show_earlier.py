"""What the page of a decision on an earlier year shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.models import Institution, Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.cells import chip
from performance.consequences import forms
from performance.models import EarlierScore, EarlierYear
from performance.portrait.standing import GRADES

CHIPS = {"entered": "warn", "confirmed": "ok", "refused": "late", "replaced": "stale"}
State = EarlierYear.State


def seen(membership: Membership) -> Any:
    """Decisions the member may know: checked ones for everybody, all for the alliance's offices."""
    rows = EarlierYear.objects.select_related("entered_by__user", "checked_by__user", "scan")
    if membership.institution_id is None:
        return rows
    return rows.filter(state__in=[State.CONFIRMED, State.REPLACED])


def places() -> list[Institution]:
    """Institutions that have a year of their own; one query."""
    rows = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
    return list(rows.order_by("code"))


def state_chip(row: EarlierYear) -> Any:
    """The state of a decision."""
    return chip(CHIPS[row.state], row.get_state_display())


def page(row: EarlierYear, membership: Membership, **given: Any) -> dict[str, Any]:
    """One decision: its document, its lines, and the buttons of the second person."""
    lines = EarlierScore.objects.filter(decision=row).select_related("institution")
    office = membership.institution_id is None
    return {
        "title": _("Decision on %(year)s") % {"year": row.year}, "row": row, "chip": state_chip(row),
        "rows": [
            (line.institution.short_name, web_words.num(line.score, 2), chip(*GRADES[line.grade]))
            for line in lines.order_by("institution__code")
        ],
        "facts_decision": facts(row), "scan": reverse("earlier-year-scan", args=[row.pk]) if office else "",
        "actions": actions(row, membership, given), "history": parts.history(row),
        "own_hand": row.state == State.ENTERED and row.entered_by.user_id == membership.user_id,
    }  # fmt: skip


def facts(row: EarlierYear) -> list[parts.Fact]:
    """Which body, when, which document, whose hands."""
    found = [
        parts.Fact(_("decided by"), row.body),
        parts.Fact(_("decided on"), web_words.day(row.decided_on)),
        parts.Fact(_("document number"), row.document),
        parts.Fact(_("entered by"), f"{row.entered_by.user} {web_words.moment(row.entered_at)}"),
    ]
    if row.checked_by is not None:
        said = f"{row.checked_by.user} {web_words.moment(row.checked_at)}"
        found.append(parts.Fact(_("checked by"), said))
    if row.why:
        found.append(parts.Fact(_("why"), row.why))
    return found


def actions(row: EarlierYear, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """Agrees, or does not: for who did not enter it."""
    found = []
    for step in row.steps_for(membership):
        url = reverse("earlier-year-act", args=[row.pk, step.name]) + f"?version={row.version}"
        form = None
        if step.name == "refuse":
            form = given.get("refuse") or forms.WhyForm(auto_id="refuse-%s")
        kind = "primary" if step.name == "confirm" else ""
        found.append(parts.Action(str(step.custom["label"]), url, step.custom["icon"], kind, form=form))
    return found
