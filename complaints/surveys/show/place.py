"""One institution in a counted survey: sub-scales, the formula with numbers, parts, peers, trend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Department, Institution, Team
from alliance.web import charts, parts
from alliance.web import words as plain
from complaints.surveys import few
from complaints.surveys.engine.kinds import DEPARTMENT, TEAM, TOTAL
from complaints.surveys.models import Campaign, Result
from complaints.surveys.show import survey as whole
from complaints.surveys.show import words

LEAST_PEERS = 3  # a mean of two would tell the other one


def page(campaign: Campaign, place: Institution) -> dict[str, Any]:
    """Everything of the page, also of its sheet on paper; a fixed number of queries."""
    rows = list(Result.objects.filter(campaign=campaign, institution=place))
    own = {row.measure: row for row in rows if not row.department_code}
    measures = words.measures(campaign)
    total, split = own.get(TOTAL), campaign.plan.parts
    names = names_of(place, split)
    others = _("other teams together") if split == TEAM else _("other departments together")
    return {
        "title": f"{campaign.edition.title} · {place.short_name}", "survey": campaign, "place": place,
        "total": total, "answered": few.said(total.answers) if total else "",
        "why": words.why(total), "figs": figs(campaign, total),
        "scales": [(words.scale(one), own.get(one), words.value(own.get(one)), words.interval(own.get(one)))
                   for one in measures],
        "formula": formula(total, names, others) if total is not None else [],
        "departments": departments(rows, measures, names),
        "heads": [words.scale(one) for one in measures],
        "peers": peers(campaign, place, own, measures), "trend": trend(campaign, place),
        "findings": [] if campaign.plan.of_staff else whole.findings(campaign, place),
        "comments": [] if campaign.plan.of_staff else whole.comments(campaign, place),
        "sheet": reverse("survey-place-sheet", args=[campaign.pk, place.code]),
        "confidence": plain.plain(Decimal(str(campaign.limits["confidence"]))),
        "parts": {DEPARTMENT: _("Departments"), TEAM: _("Family-doctor teams")}.get(split, ""),
        "group_min": campaign.limits["group_min"],
    }  # fmt: skip


def names_of(place: Institution, parts_: str) -> Mapping[str, str]:
    """The departments of an institution by code, or its teams."""
    model: Any = Team if parts_ == TEAM else Department
    return dict(model.objects.filter(institution=place).values_list("code", "name"))


def figs(campaign: Campaign, total: Result | None) -> list[parts.Fig]:
    """Points, interval, answers, response."""
    if total is None:
        return []
    return [
        parts.Fig(
            words.scale(TOTAL), words.value(total),
            pgettext("unit", "points") if total.value is not None else "",
            words.why(total) or _("between %(ends)s") % {"ends": words.interval(total)},
        ),
        parts.Fig(pgettext("survey", "answers"), few.said(total.answers), _("of %(n)d") % {"n": total.asked},
                  _("a result from %(n)d on") % {"n": total.least}),
        parts.Fig(pgettext("survey", "response"), few.together([(total.answers, total.asked)]).response),
        parts.Fig(pgettext("survey", "persons of the period"), plain.num(total.population)),
    ]  # fmt: skip


def formula(total: Result, names: Mapping[str, str], others: str) -> list[parts.FormulaLine]:
    """The weighted mean with the numbers put in; departments or teams that stay hidden are one term, called
    `others`.
    """
    if total.value is None:
        return []
    lines = []
    for part in total.detail.get("parts", ()):
        weight, mean = Decimal(part["weight"]), Decimal(part["mean"])
        persons = _("weight: %(n)s persons") % {"n": plain.num(part["population"])}
        lines.append(parts.FormulaLine(
            _part_name(part, names, others),
            [
                parts.Term(plain.num(weight, 4), persons),
                parts.Term(plain.num(mean, 2), _("mean of %(n)d answers") % {"n": part["answers"]}, op="×"),
            ],
            plain.num(weight * mean, 2),
        ))  # fmt: skip
    lines.append(parts.FormulaLine(
        words.scale(TOTAL), result=plain.num(total.value, 2), total=True,
        note=_("Σ weight × mean; weights are shares of persons among the departments that answered"),
    ))  # fmt: skip
    return lines


def _part_name(part: Mapping[str, Any], names: Mapping[str, str], others: str) -> str:
    if part["code"] is None:
        return others
    return names.get(part["code"], part["code"]) or _("whole institution")


def departments(
    rows: Sequence[Result], measures: Sequence[str], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Each department or team with its points, or why there are none."""
    by: dict[str, dict[str, Result]] = defaultdict(dict)
    for row in rows:
        if row.department_code:
            by[row.department_code][row.measure] = row
    return [
        {
            "name": names.get(code, code),
            "total": found.get(TOTAL),
            "why": words.why(found.get(TOTAL)),
            "interval": words.interval(found.get(TOTAL)),
            "cells": [(words.scale(one), words.value(found.get(one))) for one in measures],
        }
        for code, found in sorted(by.items(), key=lambda item: names.get(item[0], item[0]))
    ]


def peers(
    campaign: Campaign, place: Institution, own: Mapping[str, Result], measures: Sequence[str]
) -> list[tuple[str, str, str, int]]:
    """(scale, own, mean of the others of its level, how many): others only as a mean of three at least."""
    rows = Result.objects.filter(
        campaign=campaign, department_code="", institution__level=place.level, value__isnull=False,
        measure__in=measures,
    ).exclude(institution=place)  # fmt: skip
    by: dict[str, list[Decimal]] = defaultdict(list)
    for measure, value in rows.values_list("measure", "value"):
        by[measure].append(value)
    return [
        (
            words.scale(one), words.value(own.get(one)),
            plain.num(sum(by[one], Decimal(0)) / len(by[one]), 1), len(by[one]),
        )
        for one in measures
        if len(by[one]) >= LEAST_PEERS
    ]  # fmt: skip


def trend(campaign: Campaign, place: Institution) -> charts.Chart | None:
    """The totals of the institution in the surveys of the same kind and length until this one."""
    rows = (
        Result.objects.filter(
            Q(campaign__month__lte=campaign.month),
            campaign__edition__questionnaire__kind=campaign.edition.questionnaire.kind,
            campaign__months=campaign.months, institution=place, department_code="", measure=TOTAL,
        )
        .select_related("campaign__edition")
        .order_by("-campaign__month", "-campaign__pk")[:8]
    )  # fmt: skip
    found = [(row.campaign.span, row.value) for row in reversed(list(rows))]
    known = [value for _span, value in found if value is not None]
    if len(known) < 2:
        return None
    title = _("From %(first)s to %(last)s points") % {
        "first": plain.num(known[0], 1), "last": plain.num(known[-1], 1),
    }  # fmt: skip
    return charts.line("survey-trend", title, (pgettext("survey", "period"), _("points")), found, places=1)
