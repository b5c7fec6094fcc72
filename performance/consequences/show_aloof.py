"""What pages of persistent non-collaboration show: institutions, months, what followed; no person (S3-25)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.period import Month
from alliance.lib.sheets import Cell
from alliance.models import Institution, Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from alliance.web.cells import chip
from performance.consequences import forms, words
from performance.consequences.services import aloof
from performance.consequences.services.aloof import MonthShare, Rule, Stood
from performance.consequences.show_letters import tabs
from performance.consequences.show_years import HELD
from performance.models import Consequence, Interview
from performance.models.consequences import PROPOSE

Kind = Consequence.Kind
# What may follow from not working together: the list of quarters, and what was asked for by hand.
FOLLOWS = (Kind.ALOOF, Kind.REJOIN, *aloof.KINDS)


@dataclass(frozen=True)
class Row:
    """An institution of the list with its records."""

    stood: Stood
    follows: Sequence[Consequence] = field(default_factory=list)
    interviews: Sequence[Interview] = field(default_factory=list)

    @property
    def code(self) -> str:
        """In the address of its page."""
        return self.stood.institution.code


def rows(membership: Membership) -> tuple[Month | None, Rule | None, list[Row]]:
    """The newest decided month, the rule, and the institutions of the list that the member may know.

    A number of queries that does not grow. Raises parameters.NotInForce.
    """
    until = aloof.newest()
    if until is None:
        return None, None, []
    by = aloof.rule(until)
    found = [one for one in aloof.listed(aloof.stood(until, by), by) if membership.sees(one.institution.pk)]
    return until, by, _with_records(found)


def row_of(place: Institution) -> tuple[Rule | None, Row]:
    """One institution with its records, on the list or not; no months before the first is decided."""
    until = aloof.newest()
    by = None if until is None else aloof.rule(until)
    found = [] if until is None or by is None else aloof.stood(until, by)
    own = next((one for one in found if one.institution.pk == place.pk), Stood(place, ()))
    return by, _with_records([own])[0]


def _with_records(found: Sequence[Stood]) -> list[Row]:
    places = [one.institution.pk for one in found]
    follows: dict[int | None, list[Consequence]] = defaultdict(list)
    interviews: dict[int, list[Interview]] = defaultdict(list)
    known = Consequence.objects.filter(institution__in=places, kind__in=FOLLOWS)
    for row in known.exclude(state=Consequence.State.WITHDRAWN).order_by("-opened_at", "-pk"):
        follows[row.institution_id].append(row)
    for one in Interview.objects.filter(institution__in=places).order_by("-due_on", "-pk"):
        interviews[one.institution_id].append(one)
    return [Row(one, follows[one.institution.pk], interviews[one.institution.pk]) for one in found]


def said(by: Rule | None) -> str:
    """The rule in a sentence."""
    if by is None:
        return _("No month is decided yet.")
    return _("Collaboration below %(line)s in at least %(least)d of the last %(of)d decided months.") % {
        "line": words.percent(by.line), "least": by.least, "of": by.of,
    }  # fmt: skip


def list_page(membership: Membership) -> dict[str, Any]:
    """The list: one line an institution."""
    until, by, found = rows(membership)
    return {
        "title": _("Persistent non-collaboration"), "until": until, "rule": said(by),
        "rows": [(one, shares(one), followed(one, membership), held(one)) for one in found],
        "rooms": tabs("aloof", membership),
    }  # fmt: skip


def shares(row: Row) -> str:
    """Months below the line with their shares."""
    below = [one for one in row.stood.months if one.below]
    return " · ".join(f"{web_words.month(one.month)} {words.percent(one.share)}" for one in below)


def followed(row: Row, membership: Membership) -> list[tuple[str, str, SafeString]]:
    """What followed: its words, its page, its state."""
    return [
        (
            f"{one.get_kind_display()} · {words.period(one.period)}",
            way(membership, "consequence", one.pk), words.state_chip(one),
        )
        for one in row.follows
    ]  # fmt: skip


def held(row: Row) -> list[tuple[str, SafeString]]:
    """Interviews by day and state, without who was there and what was said."""
    return [
        (web_words.day(one.held_on or one.due_on), chip(HELD[one.state], one.get_state_display()))
        for one in row.interviews
    ]


def page(
    row: Row, by: Rule | None, membership: Membership, given: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """One institution: every month looked at, what followed, what may be asked for while it is listed."""
    place, listed = row.stood.institution, by is not None and row.stood.below >= by.least
    return {
        "title": place.name, "row": row, "rule": said(by), "listed": listed,
        "months": [
            (one, share_chip(one), way(membership, "month-institution", str(one.month), place.code))
            for one in row.stood.months
        ],
        "follows": followed(row, membership), "interviews": held(row),
        "actions": actions(row, membership, given) if listed else [],
    }  # fmt: skip


def share_chip(one: MonthShare) -> SafeString:
    """A month against the line."""
    if one.share is None:
        return chip("", _("not assessed"))
    return chip("late", pgettext("aloof", "below")) if one.below else chip("ok", pgettext("aloof", "reached"))


def actions(row: Row, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """Ask for an interview, or for other resources: a proposal, once a month of each kind."""
    if membership.institution_id is not None or not membership.can(PROPOSE):
        return []
    labels = {
        Kind.TALK: (pgettext("aloof", "Propose an interview…"), "users"),
        Kind.RESOURCE: (pgettext("aloof", "Propose other resources…"), "adjust"),
    }
    period = str(row.stood.months[-1].month)
    asked = {one.kind for one in row.follows if one.period == period}
    return [
        parts.Action(
            label, reverse("aloof-ask", args=[row.code, kind.value]), icon,
            form=given.get(kind) or forms.MeasureForm(auto_id=f"{kind.value}-%s"),
        )
        for kind, (label, icon) in labels.items()
        if kind not in asked
    ]  # fmt: skip


def sheet(membership: Membership) -> dict[str, Any]:
    """The list on paper."""
    until, by, found = rows(membership)
    return {
        "title": _("Persistent non-collaboration"), "until": until, "rule": said(by),
        "lines": [(one, shares(one), _names(one), _days(one)) for one in found],
    }  # fmt: skip


def workbook(membership: Membership) -> list[list[Cell]]:
    """The list for a workbook: a column for each month looked at, a dash where it was not assessed."""
    _until, _by, found = rows(membership)
    months = [one.month for one in found[0].stood.months] if found else []
    head: list[Cell] = [
        _("code"), _("institution"), _("months below the line"), *(str(one) for one in months),
        _("what followed"), _("interviews"),
    ]  # fmt: skip
    return [head, *(_line(one) for one in found)]


def _line(row: Row) -> list[Cell]:
    place = row.stood.institution
    numbers: Iterable[Cell] = (web_words.DASH if one.share is None else one.share for one in row.stood.months)
    return [place.code, place.name, row.stood.below, *numbers, _names(row), _days(row)]


def _names(row: Row) -> str:
    return "; ".join(
        f"{one.get_kind_display()} {words.period(one.period)} ({one.get_state_display()})"
        for one in row.follows
    )


def _days(row: Row) -> str:
    return "; ".join(
        f"{web_words.day(one.held_on or one.due_on)} ({one.get_state_display()})" for one in row.interviews
    )
