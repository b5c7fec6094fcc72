"""What the pages of annual evaluations and interviews show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from alliance.web.cells import chip
from performance.consequences import forms, words
from performance.consequences.services import annual
from performance.consequences.show_letters import tabs
from performance.models import Interview, YearEvaluation, YearLine
from performance.models.consequences import PROPOSE
from performance.portrait.standing import GRADES

CHIPS = {"computed": "info", "proposed": "prov", "decided": "ok", "superseded": "stale"}
HELD = {"planned": "warn", "held": "info", "closed": "ok"}
State = YearEvaluation.State


@dataclass(frozen=True)
class Row:
    """One institution's year; months open for who may see them."""

    line: YearLine
    mean: str
    grade: Any
    place: str
    quarters: Sequence[tuple[str, str, bool | None]]
    honour: str
    months: Sequence[tuple[str, str, str]]
    earlier: Sequence[tuple[str, str]]


def seen(membership: Membership) -> Any:
    """Years the member may know: decided ones for everybody, all for the alliance's offices."""
    rows = YearEvaluation.objects.select_related(
        "made_by__user", "proposed_by__user", "decided_by__user", "approval"
    ).exclude(state=State.SUPERSEDED)
    return rows if membership.institution_id is None else rows.filter(state=State.DECIDED)


def state_chip(row: YearEvaluation) -> Any:
    """The state of a year."""
    return chip(CHIPS[row.state], row.get_state_display())


def page(row: YearEvaluation, membership: Membership, **given: Any) -> dict[str, Any]:
    """One year: every institution's mean, grade, place, quarters and streaks, down to its months."""
    lines = (
        YearLine.objects.filter(year=row).select_related("institution").order_by("place", "institution__code")
    )
    changed = annual.changed_since(row) if membership.institution_id is None else []
    return {
        "title": _("Annual evaluation %(year)s") % {"year": row.year}, "row": row, "chip": state_chip(row),
        "rows": [_row(line, membership) for line in lines], "changed": changed,
        "facts_year": facts(row, membership), "actions": actions(row, membership, given),
        "history": parts.history(row), "tabs": tabs("years", membership),
    }  # fmt: skip


def _row(line: YearLine, membership: Membership) -> Row:
    sees = membership.sees(line.institution_id) and membership.can("indicator.view")
    grade = chip(GRADES[line.grade][0], GRADES[line.grade][1]) if line.grade else web_words.DASH
    honour = {True: _("may be honoured"), False: _("veto"), None: web_words.DASH}[line.honour]
    return Row(
        line, web_words.assessed(line.mean, 2), grade, str(line.place or web_words.DASH),
        [
            (words.period(one["quarter"]), _("veto") if one.get("vetoed") else _number(one["mean"]),
             one["double"])
            for one in line.quarters
        ],
        str(honour), _months(line, sees),
        [(str(one["year"]), reverse("earlier-year", args=[one["decision"]])) for one in line.past
         if one["decision"]],
    )  # fmt: skip


def _number(text: str | None) -> str:
    return web_words.assessed(None if text is None else Decimal(text), 2)


def _months(line: YearLine, sees: bool) -> list[tuple[str, str, str]]:
    return [
        (
            web_words.month(one["month"]), _number(one["score"]),
            reverse("month-portrait", args=[one["month"], line.institution.code]) if sees else "",
        )
        for one in line.months
    ]  # fmt: skip


def facts(row: YearEvaluation, membership: Membership) -> list[parts.Fact]:
    """By which rules, by whom, when."""
    rules = row.rules
    found = [
        parts.Fact(_("excellent from"), str(rules["excellent"])),
        parts.Fact(_("failed below"), str(rules["fail"])),
        parts.Fact(_("weights of the quarters"), " / ".join(f"{one}%" for one in rules["weights"])),
        parts.Fact(_("months that may be missing"), str(rules["missing"])),
        parts.Fact(_("computed by"), f"{row.made_by.user} {web_words.moment(row.made_at)}"),
        parts.Fact(_("digest"), row.digest[:16]),
    ]
    if row.approval_id is not None:
        url = way(membership, "approval", row.approval_id)
        found.append(parts.Fact(_("approval"), str(row.approval.get_state_display()), url))
    if row.decided_by is not None:
        said = f"{row.decided_by.user} {web_words.moment(row.decided_at)}"
        found.append(parts.Fact(_("decided by"), said))
    return found


def actions(row: YearEvaluation, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """Put it to the vote."""
    office = membership.institution_id is None and membership.can(PROPOSE)
    if not office or row.state != State.COMPUTED:
        return []
    url = reverse("year-propose", args=[row.pk]) + f"?version={row.version}"
    form = given.get("propose") or forms.ChainForm(auto_id="propose-%s")
    return [parts.Action(_("Put to the vote…"), url, "up", "primary", form=form)]


def title(arguments: Mapping[str, Any]) -> str:
    """What an approval is about."""
    return _("Annual evaluation %(year)s") % {"year": arguments["year"]}


def summary(approval: Approval) -> registry.Summary:
    """What the deciders read: grades counted, and every institution's mean."""
    row = YearEvaluation.objects.get(pk=approval.about_id)
    lines = YearLine.objects.filter(year=row).select_related("institution")
    found = [parts.Fact(_("year"), str(row.year))]
    for line in lines:
        grade = str(GRADES[line.grade][1]) if line.grade else web_words.DASH
        found.append(
            parts.Fact(line.institution.short_name, f"{web_words.assessed(line.mean, 2)} {grade}".strip())
        )
    url = reverse("year", args=[row.pk])
    return registry.Summary("approvals/_subject.html", {"facts": found}, url, registry.within(seen, row.pk))


def interview(row: Interview | None, membership: Membership, given: Mapping[str, Any]) -> dict[str, Any]:
    """The interview that follows a consequence, with what may be done about it."""
    if row is None:
        return {}
    found = [
        parts.Fact(_("responsible"), str(row.owner.user)),
        parts.Fact(_("to be held by"), web_words.day(row.due_on)),
    ]
    if row.held_on is not None:
        found.append(parts.Fact(_("held on"), web_words.day(row.held_on)))
        found.append(parts.Fact(_("minutes"), row.minutes))
        found.append(parts.Fact(_("score that closes it"), web_words.num(row.target, 2)))
    if row.closing is not None:
        found.append(parts.Fact(_("closing figure"), web_words.num(row.closing, 2)))
    return {
        "facts": found, "chip": chip(HELD[row.state], row.get_state_display()),
        "actions": interview_actions(row, membership, given),
    }  # fmt: skip


def interview_actions(row: Interview, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """Enter the minutes, close it."""
    if membership.institution_id is not None or not membership.can(PROPOSE):
        return []
    version = f"?version={row.version}"
    if row.state == Interview.State.PLANNED:
        url = reverse("interview-act", args=[row.pk, "hold"]) + version
        form = given.get("hold") or forms.HoldForm(auto_id="hold-%s")
        other = given.get("hand") or forms.HandForm(auto_id="hand-%s")
        change = reverse("interview-act", args=[row.pk, "hand"]) + version
        return [
            parts.Action(_("Enter the minutes…"), url, "check", "primary", form=form),
            parts.Action(_("Another owner or day…"), change, "users", form=other),
        ]
    if row.state == Interview.State.HELD:
        url = reverse("interview-act", args=[row.pk, "close"]) + version
        form = given.get("close") or forms.CloseForm(auto_id="close-%s")
        return [parts.Action(pgettext("interview", "Close…"), url, "check", "primary", form=form)]
    return []
