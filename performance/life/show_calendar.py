"""What the pages of the calendar show: a month's steps, who has not delivered, the reminder on paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance.lib.documents import Document, Part, Table
from alliance.lib.period import SERVED_YEARS, Month
from alliance.models import Institution, Membership
from alliance.web import parts
from alliance.web import words as web_words
from performance import origins
from performance.life import forms, standing, words
from performance.life.standing import Standing
from performance.models import MonthReminder, MonthRun, MonthStep
from performance.models.calendar import BY_HAND
from performance.models.life import LEAD

AHEAD = 12  # months whose calendar can be looked at before they begin


@dataclass(frozen=True)
class Line:
    """One step as a row of the page."""

    name: str
    due: str
    owner: str
    escalates: str
    chip: SafeString
    detail: str
    url: str
    change: str
    actions: list[parts.Action]
    late: int = 0  # its number as something others follow from, while it is late


@dataclass(frozen=True)
class Place:
    """An institution with what it has not delivered, and the reminders it was sent."""

    institution: Institution
    missing: list[str]
    reminders: list[MonthReminder]
    actions: list[parts.Action]


def serves(month: Month, today: Any) -> bool:
    """Whether a month has a page: of the years that pages serve, and no more than a year ahead."""
    return month.year in SERVED_YEARS and month <= Month.of(today).plus(AHEAD)


def leads(membership: Membership) -> bool:
    """Whether the member moves months: of the whole alliance, with the right of the office."""
    return membership.institution_id is None and membership.can(LEAD)


def page(
    membership: Membership, month: Month, now: datetime, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The steps of a month, and institution by institution what is missing; each member its own."""
    found = standing.standings(month, now)
    shown = places(membership, month, found)
    return {
        "title": _("Calendar of %(month)s") % {"month": web_words.month(month)}, "month": month,
        "lines": [_line(one, membership, month, now, shown, given or {}) for one in found],
        "places": list(shown.values()), "figs": figs(found, now), "leads": leads(membership),
        "decided": MonthRun.objects.filter(month=month.first_day, state=MonthRun.State.POSTED).exists(),
        "beside": [one for one in (month.previous(), month.next()) if serves(one, now.date())],
    }  # fmt: skip


def figs(found: list[Standing], now: datetime) -> list[parts.Fig]:
    """How many steps are done, late, escalated."""
    done = sum(one.state == standing.DONE for one in found)
    late = [one for one in found if one.state == standing.LATE]
    passed = sum(one.state == standing.PASSED for one in found)
    return [
        parts.Fig(_("Steps done"), f"{done} / {len(found)}"),
        parts.Fig(
            _("Late"), str(len(late)), bad=bool(late),
            detail=_("escalated: %(n)d") % {"n": sum(one.escalated(now) for one in late)},
        ),
        parts.Fig(_("Decided without"), str(passed)),
    ]  # fmt: skip


def _line(
    one: Standing, membership: Membership, month: Month, now: datetime, shown: Mapping[int, Place],
    given: Mapping[str, Any],
) -> Line:  # fmt: skip
    plan, where = one.planned, [str(month), str(one.planned.step)]
    change = reverse("month-calendar-change", args=where) if leads(membership) else ""
    return Line(
        str(plan.step.label), web_words.day(plan.due_on), words.role(plan.owner),
        _("%(role)s after %(n)d working days")
        % {"role": words.role(plan.escalate_to), "n": plan.escalate_workdays},
        words.step_chip(one, now), detail(one, shown), standing.page_of(one.planned.step, month, membership),
        change, _done(one, membership, month, given),
        origins.step_number(month, str(one.planned.step)) if one.state == standing.LATE else 0,
    )  # fmt: skip


def detail(one: Standing, shown: Mapping[int, Place]) -> str:
    """When and by whom, or who is missing of those the member sees."""
    if one.by is not None:
        return f"{web_words.moment(one.by.done_at)} {one.by.done_by.user} · {one.by.note}"
    if one.done_at is not None:
        return web_words.moment(one.done_at)
    names = [
        shown[gap.institution_id].institution.short_name for gap in one.lacking if gap.institution_id in shown
    ]
    return _("missing: %(names)s") % {"names": words.names(names)} if names else ""


def _done(
    one: Standing, membership: Membership, month: Month, given: Mapping[str, Any]
) -> list[parts.Action]:
    """The button of a step that may be done outside the system."""
    step = str(one.planned.step)
    if step not in BY_HAND or one.state == standing.DONE or not leads(membership):
        return []
    url = reverse("month-calendar-done", args=[str(month), step])
    form = given.get(step) or forms.NoteForm(auto_id=f"{step}-%s")
    return [parts.Action(_("Say that it is done…"), url, "check", form=form)]


def places(membership: Membership, month: Month, found: list[Standing]) -> dict[int, Place]:
    """Institutions that lack something, by code; a member of one institution sees the own one alone."""
    gaps: dict[int, list[str]] = defaultdict(list)
    for one in found:
        for gap in one.lacking:
            said = words.missing(str(one.planned.step), gap.have, gap.owed)
            gaps[gap.institution_id].append(f"{one.planned.step.label}: {said}")
    rows = Institution.objects.filter(pk__in=gaps).order_by("code")
    if membership.institution_id is not None:
        rows = rows.filter(pk=membership.institution_id)
    sent: dict[int, list[MonthReminder]] = defaultdict(list)
    for row in MonthReminder.objects.filter(month=month.first_day).order_by("number"):
        sent[row.institution_id].append(row)
    return {row.pk: Place(row, gaps[row.pk], sent[row.pk], _remind(membership, month, row)) for row in rows}


def _remind(membership: Membership, month: Month, place: Institution) -> list[parts.Action]:
    if not leads(membership):
        return []
    url = reverse("month-remind", args=[str(month), place.code])
    return [parts.Action(_("Issue a reminder"), url, "bell")]


def sheet(row: MonthReminder, now: datetime) -> dict[str, Any]:
    """A reminder on A4, as it was issued."""
    due = {one.step: one for one in standing.planned(Month.of(row.month))}
    return {
        "title": _("Reminder"), "row": row, "printed": now,
        "lines": [
            (MonthStep(step).label, words.missing(step, have, owed), due[MonthStep(step)].due_on)
            for step, have, owed in row.missing
        ],
    }  # fmt: skip


def paper(page: dict[str, Any]) -> Document:
    """The same as values, for the docx."""
    row = page["row"]
    rows = tuple((str(name), said, f"{due:%Y-%m-%d}") for name, said, due in page["lines"])
    whom = " · ".join((
        row.institution.name, web_words.month(row.month), _("no. %(n)s") % {"n": row.number}
    ))  # fmt: skip
    said = _("The following has not been delivered. What is missing is not assessed; it never counts as 0. "
             "Deliver it at once.")  # fmt: skip
    issued = f"{_('issued by')} {row.issued_by.user} · {timezone.localtime(row.issued_at):%Y-%m-%d %H:%M}"
    return Document(
        page["title"], whom,
        (Part("", said, Table((_("step"), _("state"), _("due")), rows)),),
        issued, (_("performance office"), f"{row.institution.short_name} {_('received by')}"),
    )  # fmt: skip
