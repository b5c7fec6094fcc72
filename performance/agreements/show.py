"""What the pages of agreements show: the picture of all clauses, one agreement, one clause with checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import charts, parts, words
from alliance.web.access import way
from performance.agreements import forms, tables
from performance.agreements.models import ASSESS, RUN, SIGNED, Agreement, Clause, ClauseCheck
from performance.agreements.services import checks
from performance.meetings import tables as task_tables
from performance.models import IndicatorValue
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
        return Cell(clause, "unassessed", chip, "", _missing(clause, months), url)
    span, check = found[-1]
    # What was checked by hand says why in its note.
    why = _("a month has no value") if check.standing == "unassessed" and not check.note else ""
    chip = tables.standing_chip(check.standing)
    return Cell(clause, check.standing, chip, forms.span(span), why, url)


def _missing(clause: Clause, months: Sequence[Any]) -> str:
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
        "draft": row.state == Agreement.State.DRAFT and _runs(membership),
        "history": parts.history(row), "next": _following(row, membership),
    }  # fmt: skip


def _runs(membership: Membership) -> bool:
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
    runs = _runs(membership)
    if runs and row.state == Agreement.State.DRAFT:
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
    if runs and row.state == Agreement.State.IN_FORCE:
        url = f"{reverse('agreement-enter')}?follows={row.pk}"
        found.append(parts.Action(_("Enter the next one"), url, "plus", get=True))
    return found


def _adding(row: Agreement, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    if row.state != Agreement.State.DRAFT or not _runs(membership):
        return []
    form = given.get("clause") or forms.ClauseForm(agreement=row, auto_id="clause-%s")
    return [parts.Action(_("Add a clause"), _act(row, "clause"), "plus", form=form)]


def clause_page(
    clause: Clause, membership: Membership, now: datetime, given: Mapping[str, Any]
) -> dict[str, Any]:
    """One clause: what each period made of it, down to the computed figures; what follows."""
    today = timezone.localdate(now)
    rows = list(clause.checks.select_related("checked_by__user", "file").order_by("-first", "-attempt"))
    months = {one[0].first_day: one for one in checks.periods(clause, today)}
    followed = checks.tasks_of(rows)
    figures = _figures(rows)
    counted: set[date] = set()
    lines = []
    for one in rows:
        lines.append({
            "row": one, "period": forms.span(months.get(one.first) or (Month.of(one.first),)),
            "chip": tables.standing_chip(one.standing), "old": one.first in counted,
            "value": _value(clause, one),
            "figures": _links(clause, membership, [figures[pk] for pk in one.figures if pk in figures]),
            "tasks": [(task, task_tables.task_chip(task, now)) for task in followed[one.pk]],
            "actions": _follow(clause, one, membership, given) if one.first not in counted else [],
        })  # fmt: skip
        counted.add(one.first)
    return {
        "title": clause.title, "clause": clause, "agreement": clause.agreement, "promise": promise(clause),
        "lines": lines, "chart": _chart(clause, rows), "unit": _unit(clause),
        "missing": [] if not months else [
            (forms.span(one), _missing(clause, [one])) for day, one in months.items() if day not in counted
        ],
        "actions": _clause_actions(clause, membership, list(months.values()), given),
    }  # fmt: skip


def _unit(clause: Clause) -> str:
    return labels.unit(checks.indicator(clause)) if clause.way == Clause.Way.MEASURED else ""


def _value(clause: Clause, one: ClauseCheck) -> str:
    if clause.way == Clause.Way.HAND:
        return words.DASH
    return words.DASH if one.value is None else labels.value(one.value, checks.indicator(clause))


def _figures(rows: Sequence[ClauseCheck]) -> dict[int, IndicatorValue]:
    ids = {pk for one in rows for pk in one.figures}
    found = IndicatorValue.objects.filter(pk__in=ids).select_related("settlement", "institution")
    return {one.pk: one for one in found}


def _links(
    clause: Clause, membership: Membership, figures: Sequence[IndicatorValue]
) -> list[tuple[str, str, str]]:
    """The months of a figure: month, value, where it is explained."""
    measured = checks.indicator(clause) if figures else None
    found = []
    for one in figures:
        assert measured is not None
        month = Month.of(one.settlement.month)
        url = way(membership, "month-why-indicator", str(month), one.institution.code, one.indicator)
        shown = words.DASH if one.value is None else labels.value(one.value, measured)
        found.append((words.month(month), shown, url))
    return found


def _chart(clause: Clause, rows: Sequence[ClauseCheck]) -> charts.Chart | None:
    """Its values over time with the bound as a line; None with fewer than two."""
    newest = {one.first: one for one in reversed(rows) if one.value is not None}
    if clause.way == Clause.Way.HAND or len(newest) < 2 or clause.bound is None:
        return None
    measured = checks.indicator(clause)
    values = [(words.month(day), one.value) for day, one in sorted(newest.items())]
    bound = pgettext("clause", "bound")
    return charts.line(
        "clause", clause.title, (_("month"), labels.unit(measured) or _("value")), values,
        limits=[(bound, clause.bound)], places=measured.decimals,
        sentence=f"{bound} {labels.value(clause.bound, measured)} {labels.unit(measured)}".strip(),
    )  # fmt: skip


def _clause_actions(
    clause: Clause, membership: Membership, months: list[Any], given: Mapping[str, Any]
) -> list[parts.Action]:
    found = []
    hand = clause.way == Clause.Way.HAND and clause.agreement.state in SIGNED
    if hand and clause.checker_id == membership.pk and membership.can(ASSESS) and months:
        form = given.get("check") or forms.CheckForm(periods=months, auto_id="check-%s")
        found.append(
            parts.Action(
                _("Say what a period made of it"), _clause_act(clause, "check"), "check", "primary", form=form
            )
        )
    if hand and _runs(membership):
        form = given.get("checker") or forms.CheckerForm(agreement=clause.agreement, auto_id="checker-%s")
        found.append(
            parts.Action(_("Name another checker"), _clause_act(clause, "checker"), "users", form=form)
        )
    return found


def _clause_act(clause: Clause, step: str) -> str:
    return reverse("clause-act", args=[clause.agreement_id, clause.pk, step])


def _follow(
    clause: Clause, one: ClauseCheck, membership: Membership, given: Mapping[str, Any]
) -> list[parts.Action]:
    """A broken clause leads to a task of the institution."""
    if not _runs(membership) or one.standing not in ("broken", "at_risk"):
        return []
    form = given.get(f"task-{one.pk}") or forms.TaskForm(
        by=membership, auto_id=f"task-{one.pk}-%s",
        initial={"title": _("Put right: %(clause)s") % {"clause": clause.title}},
    )  # fmt: skip
    url = f"{_clause_act(clause, 'task')}?check={one.pk}"
    found = [parts.Action(_("Give a task"), url, "plus", form=form)]
    if one.standing == "broken" and (case := way(membership, "violation-open")):
        found.append(parts.Action(_("Open a violation case"), f"{case}?clause={one.pk}", "alert", get=True))
    return found


def origin(membership: Membership, pk: int) -> parts.Fact:
    """The clause a task follows from; it opens for who may see its agreement."""
    check = ClauseCheck.objects.select_related("clause").get(pk=pk)
    seen = Agreement.objects.seen_by(membership).filter(pk=check.clause.agreement_id).exists()
    url = way(membership, "clause", check.clause.agreement_id, check.clause_id) if seen else ""
    return parts.Fact(pgettext("task", "from"), _("clause of an agreement"), url)
