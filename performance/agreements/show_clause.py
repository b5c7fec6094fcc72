"""What the page of a clause shows: each period with its figures, its course, what follows a broken one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from performance.agreements.models import ASSESS, SIGNED, Agreement, Clause, ClauseCheck
from performance.agreements.services import checks
from performance.agreements.show import missing, promise, runs
from performance.meetings import tables as task_tables
from performance.models import IndicatorValue
from performance.show import labels


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
            (forms.span(one), missing(clause, [one])) for day, one in months.items() if day not in counted
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
    if hand and runs(membership):
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
    if not runs(membership) or one.standing not in ("broken", "at_risk"):
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
