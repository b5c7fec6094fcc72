"""What the pages about due values show: the month, one institution, the reminder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.documents import Document, Part, Table
from alliance.lib.period import SERVED_YEARS, Month
from alliance.models import Institution, Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from alliance.web.cells import chip
from performance.declared import due, show, words
from performance.declared.due import Owed, PlaceDue
from performance.dictionary import words as named
from performance.models import DeclaredDuty
from performance.models.declared import CONFIRM, ENTER
from performance.show import labels

AHEAD = 12  # months whose demands can be looked at before they begin


@dataclass(frozen=True)
class Line:
    """One number owed, as a row of a page."""

    owed: Owed
    name: str
    unit: str
    span: str
    value: str
    state: SafeString
    indicators: str
    owners: str
    url: str
    enter: str


def serves(month: Month, today: date) -> bool:
    """Whether a month has a page: of the years that pages serve, and no more than a year ahead."""
    return month.year in SERVED_YEARS and month <= Month.of(today).plus(AHEAD)


def month_page(membership: Membership, month: Month, now: datetime) -> dict[str, Any]:
    """All institutions of a month that the member sees, whoever lacks most first."""
    places = due.by_place(due.owed(month, institution_id=membership.institution_id))
    return {
        "title": _("Values due for %(month)s") % {"month": web_words.month(month)}, "month": month,
        "places": [(one, standing(one, month, now)) for one in places], "figs": figs(places),
        "due": due.due_at(month), "office": office(membership, month),
        "beside": [one for one in (month.previous(), month.next()) if serves(one, now.date())],
        "tabs": tabs("declared-due-now", membership),
    }  # fmt: skip


def office(membership: Membership, month: Month) -> list[dict[str, Any]]:
    """What the office itself has to deliver of the institutions, for who stands for the whole alliance."""
    if membership.institution_id is not None:
        return []
    rows = due.by_office(due.owed(month, office=True))
    return [
        {
            "name": labels.named(labels.facts()[one.fact]), "span": words.span(one.span), "of": one.of,
            "indicators": "、".join(labels.named(entry.indicator) for entry in one.entries),
            "missing": one.missing, "enter": _entry(one, month) if membership.can(ENTER) else "",
        }
        for one in rows
    ]  # fmt: skip


def _entry(one: due.OfficeDue, month: Month) -> str:
    """The form for the first institution whose number is missing."""
    if not one.missing:
        return ""
    place = one.missing[0].pk
    return (
        f"{reverse('declared-enter')}?indicator={one.entries[0].code}&month={month}&level=institution"
        f"&institution={place}"
    )


def figs(places: Sequence[PlaceDue]) -> list[parts.Fig]:
    """Owed, confirmed, waiting, missing."""
    owed = sum(len(one.owed) for one in places)
    confirmed = sum(one.counts["confirmed"] for one in places)
    missing, waiting = sum(one.missing for one in places), sum(one.waiting for one in places)
    lacking = sum(bool(one.missing) for one in places)
    return [
        parts.Fig(
            _("Numbers owed"), web_words.num(owed), detail=_("%(n)d institutions") % {"n": len(places)}
        ),
        parts.Fig(pgettext("declared value", "confirmed"), web_words.num(confirmed)),
        parts.Fig(pgettext("declared value", "waits for the second person"), web_words.num(waiting)),
        parts.Fig(
            pgettext("declared value", "missing"), web_words.num(missing),
            detail=_("at %(n)d institutions") % {"n": lacking}, bad=bool(missing),
        ),
    ]  # fmt: skip


def standing(place: PlaceDue, month: Month, now: datetime) -> SafeString:
    """Where an institution stands, as a chip."""
    until = due.due_at(month)
    if place.missing:
        if until < now:
            return chip("late", web_words.due(until, now))
        return chip("warn", _("%(n)d missing") % {"n": place.missing})
    if place.waiting:
        return chip("info", pgettext("declared value", "delivered"))
    return chip("ok", pgettext("declared value", "complete"))


def place_page(membership: Membership, month: Month, place: Institution, now: datetime) -> dict[str, Any]:
    """One institution's numbers of a month, and what the member may do about them."""
    found = due.owed(month, institution_id=place.pk)
    lines = [line(one, month, membership) for one in found]
    ready = [
        one.row for one in found
        if one.row is not None and one.row.state == "submitted" and not has_hand(membership, one)
    ]  # fmt: skip
    confirms = membership.can(CONFIRM) and bool(ready)
    return {
        "title": _("%(place)s: values due for %(month)s")
        % {"place": place.short_name, "month": web_words.month(month)},
        "place": place, "month": month, "lines": lines, "figs": figs(due.by_place(found)),
        "due": due.due_at(month), "late": due.due_at(month) < now,
        "missing": sum(not one.delivered for one in found),
        "confirm": parts.Action(
            _("Confirm all %(n)d that wait") % {"n": len(ready)},
            reverse("declared-due-confirm", args=[str(month), place.code]), "check", "primary",
        ) if confirms else None,
    }  # fmt: skip


def has_hand(membership: Membership, one: Owed) -> bool:
    """Whether the member entered or submitted the value."""
    row = one.row
    first = (row.entered_by, row.submitted_by) if row is not None else ()
    return membership.user_id in {who.user_id for who in first if who is not None}


def line(one: Owed, month: Month, membership: Membership) -> Line:
    """One number as a row; where nothing stands yet, the way to its form."""
    row = one.row
    enters = membership.can(ENTER) and row is None
    entry = one.entries[0]
    place = f"&institution={one.institution.pk}" if membership.institution_id is None else ""
    query = f"?indicator={entry.code}&month={month}&level=institution{place}"
    state = chip("late", pgettext("declared value", "missing")) if row is None else words.state(row)
    return Line(
        one, labels.named(labels.facts()[one.fact]), words.unit(one.fact), words.span(one.span),
        words.number(row) if row else web_words.DASH, state,
        "、".join(labels.named(entry.indicator) for entry in one.entries),
        "、".join(str(named.OWNERS[owner]) for owner in one.owners),
        reverse("declared-value", args=[row.pk]) if row else "",
        reverse("declared-enter") + query if enters else "",
    )  # fmt: skip


def reminder_page(membership: Membership, month: Month, place: Institution, now: datetime) -> dict[str, Any]:
    """The reminder on paper: what is missing, by office, until when."""
    found = [one for one in due.owed(month, institution_id=place.pk) if not one.delivered]
    lines = [line(one, month, membership) for one in found]
    return {
        "title": _("Reminder of values due"), "place": place, "month": month,
        "lines": sorted(lines, key=lambda one: one.owners), "due": due.due_at(month),
        "late": due.due_at(month) < now, "printed": now,
    }  # fmt: skip


def reminder_paper(page: dict[str, Any]) -> Document:
    """The same as a paper, for the docx."""
    heads = (
        _("fact"), _("unit"), pgettext("declared value", "period"), _("indicators"), _("answers for it"),
    )  # fmt: skip
    rows = tuple(
        tuple(map(str, (one.name, one.unit, one.span, one.indicators, one.owners))) for one in page["lines"]
    )
    said = _("The following values have not been delivered. What is missing is not assessed; it never "
             "counts as 0.") if rows else _("Everything is delivered.")  # fmt: skip
    until = _("Deadline: %(day)s") % {"day": f"{page['due']:%Y-%m-%d}"}
    whom = f"{page['place'].name} · {web_words.month(page['month'])}"
    part = Part(until, said, Table(heads, rows) if rows else None)
    return Document(page["title"], whom, (part,), "", (_("performance office"), page["place"].short_name))


def duties_page(membership: Membership, form: Any) -> dict[str, Any]:
    """Indicators watched, and the form for another one."""
    rows = DeclaredDuty.objects.select_related("set_by__user", "ended_by__user")
    kinds = dict(Institution.Kind.choices)
    return {
        "title": _("Watched indicators"), "form": form, "tabs": tabs("declared-duties", membership),
        "rows": [
            (row, show.indicator(row.indicator), "、".join(str(kinds[one]) for one in row.kinds))
            for row in rows
        ],
    }  # fmt: skip


def tabs(current: str, membership: Membership) -> list[parts.Tab]:
    """The pages of the room that the member may open."""
    pages = [
        ("declared", _("Values")), ("declared-due-now", _("Due")),
        ("declared-sheets", _("Sheets of values")), ("declared-samples", _("Cross-check")),
        ("declared-duties", _("Watched indicators")),
    ]  # fmt: skip
    ways = [(name, label, way(membership, name)) for name, label in pages]
    return [parts.Tab(label, url, name == current) for name, label, url in ways if url]
