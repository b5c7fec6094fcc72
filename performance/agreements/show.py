"""What the pages of agreements show: the picture of all clauses, one agreement, one clause with checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import parts, words
from alliance.web.access import way
from performance.agreements import forms, tables
from performance.agreements.models import RUN, SIGNED, Agreement, Clause, ClauseCheck
from performance.agreements.services import checks
from performance.show import labels


@dataclass(frozen=True)
class Cell:
    """One clause of an institution in the picture: what its newest period made of it, or why nothing."""

    clause: Clause
    standing: str
    chip: Any
    period: str
    why: str
    url: str


def picture(membership: Membership, today: date) -> dict[str, Any]:
    """Institutions down, clauses across (S4-31): kept, at risk, broken, not assessed with its reason.

    Of agreements that hold today; two queries and those of the figures, whatever their number.
    """
    rows = [
        one for one in checks.signed()
        if membership.sees(one.agreement.institution_id) and one.agreement.state != Agreement.State.ENDED
        and one.agreement.begins <= today <= one.agreement.last_day
    ]  # fmt: skip
    order = {topic: place for place, topic in enumerate(Clause.Topic.values)}
    heads = sorted({(order[one.topic], one.topic, one.title) for one in rows})
    have = checks.newest(rows)
    by_place: dict[Any, dict[tuple[str, str], Cell]] = {}
    for one in sorted(rows, key=lambda one: one.agreement.institution.code):
        cell = _cell(one, have, today)
        by_place.setdefault(one.agreement.institution, {})[one.topic, one.title] = cell
    topics = dict(Clause.Topic.choices)
    return {
        "heads": [(str(topics[topic]), title) for _place, topic, title in heads],
        "lines": [
            (place, [((topic, title), cells.get((topic, title))) for _place, topic, title in heads])
            for place, cells in by_place.items()
        ],
        "counts": _counts(cell for cells in by_place.values() for cell in cells.values()),
    }


def _counts(cells: Iterable[Cell]) -> list[parts.Fact]:
    numbers = Counter(cell.standing for cell in cells)
    return [parts.Fact(str(label), words.num(numbers[one])) for one, label in ClauseCheck.Standing.choices]


def _cell(clause: Clause, have: Mapping[tuple[int, date], ClauseCheck], today: date) -> Cell:
    url = reverse("clause", args=[clause.agreement_id, clause.pk])
    months = checks.periods(clause, today)
    found = [
        (one, have[clause.pk, one[0].first_day]) for one in months if (clause.pk, one[0].first_day) in have
    ]
    if not found:
        chip = tables.standing_chip("unassessed")
        return Cell(clause, "unassessed", chip, "", missing(clause, months), url)
    span, check = found[-1]
    # What was checked by hand says why in its note.
    why = _("a month has no value") if check.standing == "unassessed" and not check.note else ""
    chip = tables.standing_chip(check.standing)
    return Cell(clause, check.standing, chip, forms.span(span), why, url)


def missing(clause: Clause, months: Sequence[Any]) -> str:
    """Why a clause has no value for these months."""
    if not months:
        return _("no period is over yet")
    if clause.way == Clause.Way.HAND and clause.checker is not None:
        return _("waits for %(name)s") % {"name": clause.checker.user}
    return _("a month is not computed yet")


def page(row: Agreement, membership: Membership, today: date, given: Mapping[str, Any]) -> dict[str, Any]:
    """One agreement."""
    clauses = list(row.clauses.select_related("checker__user", "agreement__institution"))
    have = checks.newest(clauses)
    return {
        "title": row.title, "agreement": row, "chip": tables.state_chip(row, today),
        "facts_agreement": facts(row, membership),
        "clauses": [
            (one, promise(one), _cell(one, have, today) if row.state in SIGNED else None) for one in clauses
        ],
        "actions": actions(row, membership, given), "adding": _adding(row, membership, given),
        "draft": row.state == Agreement.State.DRAFT and runs(membership),
        "history": parts.history(row), "next": _following(row, membership),
    }  # fmt: skip


def runs(membership: Membership) -> bool:
    """Whether the member keeps the agreements of the whole alliance."""
    return membership.institution_id is None and membership.can(RUN)


def _following(row: Agreement, membership: Membership) -> list[Agreement]:
    return list(Agreement.objects.seen_by(membership).filter(follows=row))


def promise(clause: Clause) -> str:
    """How it is checked, in one line."""
    per = str(clause.get_per_display())
    if clause.way == Clause.Way.HAND:
        who = clause.checker.user if clause.checker else ""
        return pgettext("clause", "%(per)s, checked by %(name)s") % {"per": per, "name": who}
    measured = checks.indicator(clause)
    bound = f"{labels.value(clause.bound, measured)} {labels.unit(measured)}".strip()
    return pgettext("clause", "%(per)s: %(name)s %(side)s %(bound)s") % {
        "per": per, "name": labels.named(measured), "side": clause.get_side_display(), "bound": bound,
    }  # fmt: skip


def facts(row: Agreement, membership: Membership) -> list[parts.Fact]:
    """Parties, number, term, scan, who entered and who checked."""
    found = [
        parts.Fact(pgettext("agreement", "kind"), str(row.get_kind_display())),
        parts.Fact(_("institution"), row.institution.name),
        parts.Fact(pgettext("agreement", "other party"), f"{row.party_name} · {row.get_party_display()}"),
        parts.Fact(pgettext("agreement", "number"), row.number),
        parts.Fact(pgettext("agreement", "term"), f"{words.day(row.begins)} – {words.day(row.last_day)}"),
        parts.Fact(pgettext("agreement", "signed on"), words.day(row.signed_on)),
        parts.Fact(
            pgettext("agreement", "entered by"), f"{row.entered_by.user} {words.moment(row.entered_at)}"
        ),
    ]
    if row.scan is not None:
        url = reverse("agreement-scan", args=[row.pk])
        found.insert(6, parts.Fact(pgettext("agreement", "signed scan"), row.scan.shown_name, url))
    if row.checked_by is not None:
        by = f"{row.checked_by.user} {words.moment(row.checked_at)}"
        found.append(parts.Fact(pgettext("agreement", "checked by"), by))
    if row.follows is not None:
        url = way(membership, "agreement", row.follows_id)
        found.append(parts.Fact(pgettext("agreement", "follows"), str(row.follows), url))
    if row.end_why:
        found.append(parts.Fact(pgettext("agreement", "why it ends"), row.end_why))
    return found


def _act(row: Agreement, step: str) -> str:
    name = step.replace("_", "-")
    return f"{reverse('agreement-act', args=[row.pk, name])}?version={row.version}"


WHY = ("send_back", "withdraw", "keep")
PRIMARY = ("submit", "confirm", "end")


def actions(row: Agreement, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """The steps from here, changing a draft, entering the next one."""
    found = []
    office = runs(membership)
    if office and row.state == Agreement.State.DRAFT:
        url = reverse("agreement-edit", args=[row.pk])
        found.append(parts.Action(_("Change the entry"), url, "adjust", get=True))
    for step in row.steps_for(membership):
        form = given.get(step.name)
        if step.name in WHY:
            form = form or forms.WhyForm(auto_id=f"{step.name}-%s")
        elif step.name == "ask_end":
            form = form or forms.EndForm(auto_id="end-%s")
        kind = "primary" if step.name in PRIMARY else ""
        label, icon = str(step.custom["label"]), step.custom["icon"]
        found.append(parts.Action(label, _act(row, step.name), icon, kind, form=form))
    if office and row.state == Agreement.State.IN_FORCE:
        url = f"{reverse('agreement-enter')}?follows={row.pk}"
        found.append(parts.Action(_("Enter the next one"), url, "plus", get=True))
    return found


def _adding(row: Agreement, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    if row.state != Agreement.State.DRAFT or not runs(membership):
        return []
    form = given.get("clause") or forms.ClauseForm(agreement=row, auto_id="clause-%s")
    return [parts.Action(_("Add a clause"), _act(row, "clause"), "plus", form=form)]
