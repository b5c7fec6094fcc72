"""What the pages of uplifts show: why a pay total rose, and which indicators are linked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.decided import show as decided
from performance.engine.exact import half_up
from performance.engine.indicators import Indicator
from performance.engine.pay.uplift import uplift
from performance.models import Level, PayLinked, PayUplift, PayUpliftLine
from performance.pay.show import runs, tabs
from performance.pay.show_sources import PEOPLE, ways
from performance.services import schemes
from performance.show import labels
from performance.uplift import words
from performance.uplift.services import reading, sheets

ROOM = "pay-uplift"  # the name of a sheet's page


@dataclass(frozen=True, slots=True)
class Figure:
    """A linked figure: month, indicator with the way to its records, weight, score and points."""

    month: str
    name: str
    url: str
    weight: str
    score: str
    points: str


def page(sheet: PayUplift, membership: Membership, given: Mapping[str, Any]) -> dict[str, Any]:
    """One sheet."""
    found = uplift(reading.again(sheet), {key: Decimal(value) for key, value in sheet.terms.items()})
    return {
        "title": str(sheet), "sheet": sheet, "chip": words.state_chip(sheet),
        "figs": [
            parts.Fig(_("linked score"), words.plain(half_up(found.score, 2))),
            parts.Fig(_("approved pay total"), web_words.yuan(sheet.base_fen), _("yuan")),
            parts.Fig(_("uplift"), web_words.yuan(sheet.fen), _("yuan")),
            parts.Fig(_("new pay total"), web_words.yuan(sheet.total_fen), _("yuan")),
        ],
        "lines": words.lines(sheet, found), "figures": figures(sheet, membership),
        "superseded": sheet.confirmed_at is not None and not sheets.in_force(sheet),
        "successor": parts.Fact(
            _("Sheet %(number)s takes the place of this one.") % {"number": sheet.successor_no},
            url=reverse("pay-uplift", args=[sheet.successor]),
        ) if sheet.successor else None,
        "facts_sheet": facts(sheet, membership),
        "actions": decided.deciding(sheet, membership, given, ROOM),
    }  # fmt: skip


def paper(sheet: PayUplift, membership: Membership) -> decided.Paper:
    """The sheet as workbook and on A4: the linked figures, then the way to the new total."""
    found = uplift(reading.again(sheet), {key: Decimal(value) for key, value in sheet.terms.items()})
    known = schemes.known_indicators(Level.INSTITUTION)
    return decided.Paper(
        _("Uplift of %(sheet)s") % {"sheet": sheet}, facts(sheet, membership, web_words.on_paper),
        [_("indicator"), _("month"), _("score"), _("weight"), pgettext("pay", "points")],
        [
            [named(row.indicator, known), web_words.month(row.month), row.score, row.weight, points(row)]
            for row in sheet.lines.all()
        ],
        words.lines(sheet, found),
    )  # fmt: skip


def figures(sheet: PayUplift, membership: Membership) -> list[Figure]:
    """The linked indicators with their points, month by month, each with the way to its records."""
    known, code, found = schemes.known_indicators(Level.INSTITUTION), sheet.institution.code, []
    for row in sheet.lines.all():
        month = Month.of(row.month)
        found.append(Figure(
            web_words.month(month), named(row.indicator, known),
            way(membership, "month-why-indicator", month, code, row.indicator) or "",
            words.plain(row.weight), web_words.assessed(row.score, 2), web_words.assessed(points(row), 2),
        ))  # fmt: skip
    return found


def points(row: PayUpliftLine) -> Decimal | None:
    """What a linked figure earned; None where it was not assessed."""
    return None if row.score is None else Decimal(row.weight * row.score / 100)


def named(code: str, known: Mapping[str, Indicator]) -> str:
    """An indicator in words."""
    return labels.named(known[code]) if code in known else code


def facts(sheet: PayUplift, membership: Membership, at: Any = web_words.moment) -> list[parts.Fact]:
    """Institution, year, months, decision, both people, digest."""
    whole = membership.institution_id is None
    scan = reverse("pay-uplift-scan", args=[sheet.pk]) if whole else ""
    found = [
        parts.Fact(_("institution"), sheet.institution.short_name),
        parts.Fact(_("year"), str(sheet.year)),
        parts.Fact(_("last month counted"), web_words.month(sheet.through)),
        parts.Fact(_("the base was decided by"), sheet.base.document),
        *decided.decision(sheet, scan, at),
    ]
    if sheet.replaces is not None:
        found.append(parts.Fact(
            pgettext("uplift", "replaces"), _("sheet %(number)s: %(why)s") % {
                "number": sheet.replaces.number, "why": sheet.replaces_why,
            }, reverse("pay-uplift", args=[sheet.replaces.pk]),
        ))  # fmt: skip
    return [*found, decided.digest(sheet)]


def lists(membership: Membership) -> dict[str, Any]:
    """The lists of linked indicators, the newest first, with what the member may do."""
    known = schemes.known_indicators(Level.INSTITUTION)
    return {
        "title": _("Linked indicators"), "runs": runs(membership), "rooms": tabs("pay-uplifts", membership),
        "rows": [
            (row, [named(code, known) for code in row.indicators], ways(row, membership))
            for row in PayLinked.objects.select_related(*PEOPLE)
        ],
    }  # fmt: skip


def list_facts(row: PayLinked) -> list[parts.Fact]:
    """A list of linked indicators before it is left."""
    known = schemes.known_indicators(Level.INSTITUTION)
    return [
        parts.Fact(_("from month"), web_words.month(row.from_date)),
        parts.Fact(_("linked indicators"), _(", ").join(named(code, known) for code in row.indicators)),
        parts.Fact(_("decided by"), row.decided_by),
        parts.Fact(_("entered by"), f"{row.entered_by.user} {web_words.moment(row.entered_at)}"),
    ]


def choices(today: date) -> list[tuple[str, str]]:
    """The indicators the scheme of the day scores institutions by."""
    month = Month.of(today)
    version = schemes.in_force(month)
    if version is None:
        return []
    used = schemes.indicators_of(version.scheme(), Level.INSTITUTION, month)
    return [(one.code, labels.named(one)) for one in used]
