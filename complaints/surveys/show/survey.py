"""The page of one survey: how it stands while it runs; counted, its institutions side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from alliance.models import Institution, Membership
from alliance.web import charts, parts
from alliance.web import words as plain
from alliance.web.access import way
from complaints.surveys import few, visible
from complaints.surveys.engine.kinds import DISCHARGES, HANDED, TOTAL
from complaints.surveys.forms import CancelForm
from complaints.surveys.models import Campaign, Exclusion, Result, Stratum, Ticket
from complaints.surveys.services.rights import HAND_OUT, PRINT, RUN
from complaints.surveys.show import words

Rows = Mapping[str, Result]


@dataclass(frozen=True)
class Line:
    """One institution of a survey."""

    place: Institution
    population: int
    asked: int
    given: int
    rough: bool
    results: Rows
    page: str
    links: str

    @property
    def response(self) -> str:
        """In percent; of a few answers it would tell their number."""
        return self.told.response

    @property
    def answers(self) -> str:
        """How many, as it may be said."""
        return self.told.said

    @property
    def told(self) -> few.Told:
        """Answers of those asked, as it may be said."""
        return few.together([(self.given, self.asked)], rough=self.rough)

    @property
    def total(self) -> Result | None:
        """The total, if it was counted."""
        return self.results.get(TOTAL)

    @property
    def points(self) -> str:
        """The total in words."""
        return words.value(self.total)


def page(campaign: Campaign, membership: Membership, today: date) -> dict[str, Any]:
    """Everything of the page; a fixed number of queries."""
    lines = lines_of(campaign, membership)
    closed = campaign.state == Campaign.State.CLOSED
    measures = words.measures(campaign)
    return {
        "title": str(campaign), "survey": campaign, "chip": words.state_chip(campaign),
        "figs": figs(campaign, lines), "lines": lines, "closed": closed,
        "heads": [words.scale(one) for one in measures[1:]],
        "table": [(line, _cells(line, measures[1:])) for line in lines],
        "chart": _chart(lines) if closed else None, "mean": overall(lines) if closed else None,
        "facts_survey": facts(campaign), "actions": actions(campaign, membership, today),
        "findings": findings(campaign) if closed and campaign.plan.of_staff else [],
        "comments": comments(campaign, None) if closed and campaign.plan.of_staff else [],
        "tabs": tabs("surveys", membership), "history": parts.history(campaign),
        "prints": membership.can(PRINT), "exclusions": exclusions(campaign, membership),
        "burst": campaign.limits.get("burst"),
        "export": reverse("survey-export", args=[campaign.pk]) if closed else "",
    }  # fmt: skip


def tabs(current: str, membership: Membership) -> list[parts.Tab]:
    """The pages of the room that the member may open."""
    pages = [
        ("surveys", pgettext("survey", "Surveys")), ("questionnaires", _("Questionnaires")),
        ("surveys-mine", _("For me to answer")),
    ]  # fmt: skip
    ways = [(name, label, way(membership, name)) for name, label in pages]
    return [parts.Tab(label, address, name == current) for name, label, address in ways if address]


def lines_of(campaign: Campaign, membership: Membership) -> list[Line]:
    """The institutions the member may see, by name; three queries."""
    places = list(visible.places(membership, campaign))
    sizes = {
        at: (population, drawn)
        for at, population, drawn in Stratum.objects.filter(campaign=campaign)
        .order_by()
        .values_list("institution")
        .annotate(n=Sum("population"), d=Sum("drawn"))
    }
    spent = dict(
        Ticket.objects.filter(campaign=campaign)
        .order_by()
        .values_list("stratum__institution")
        .annotate(n=Count("pk", filter=Q(spent=True)))
    )
    results: dict[int | None, dict[str, Result]] = defaultdict(dict)
    for row in Result.objects.filter(campaign=campaign, department_code="", institution__in=places):
        results[row.institution_id][row.measure] = row
    slips = campaign.state == Campaign.State.RUNNING and not campaign.plan.of_staff
    name = "survey-runs" if membership.can(PRINT) else "survey-links" if membership.can(HAND_OUT) else ""
    return [
        Line(
            at, *sizes[at.pk], _answers(campaign, spent.get(at.pk, 0), results[at.pk]),
            campaign.state != Campaign.State.CLOSED, results[at.pk],
            reverse("survey-place", args=[campaign.pk, at.code]),
            reverse(name, args=[campaign.pk, at.code]) if slips and name else "",
        )
        for at in places
    ]  # fmt: skip


def _answers(campaign: Campaign, taken: int, results: Rows) -> int:
    """The answers that were taken; once they are counted those that were read (few)."""
    if campaign.state != Campaign.State.CLOSED:
        return taken
    return results[TOTAL].answers if TOTAL in results else 0


def exclusions(campaign: Campaign, membership: Membership) -> list[Exclusion]:
    """Flagged answers of the institutions the member may see."""
    rows = campaign.exclusions.filter(institution__in=visible.places(membership, campaign))
    found = list(rows.select_related("institution"))
    for one in found:
        one.told = few.said(one.answers)
    return found


def _cells(line: Line, measures: Sequence[str]) -> list[tuple[str, str]]:
    known = line.total is not None and line.total.value is not None
    return [
        (words.scale(one), words.value(line.results.get(one)) if known else plain.DASH) for one in measures
    ]


def figs(campaign: Campaign, lines: Sequence[Line]) -> list[parts.Fig]:
    """Asked, answered, response, institutions with a result."""
    rough = campaign.state != Campaign.State.CLOSED
    told = few.together(((one.given, one.asked) for one in lines), rough=rough)
    asked = sum(one.asked for one in lines)
    found = [
        parts.Fig(pgettext("survey", "asked"), plain.num(asked), pgettext("unit", "persons")),
        parts.Fig(pgettext("survey", "answers"), told.said, detail=told.note),
        parts.Fig(pgettext("survey", "response"), told.response, detail=told.note),
    ]
    least = campaign.limits["sample_min"]
    if campaign.state == Campaign.State.CLOSED:
        shown = sum(one.total is not None and one.total.value is not None for one in lines)
        found.append(parts.Fig(
            _("institutions with a result"), plain.num(shown), _("of %(n)d") % {"n": len(lines)},
            _("from %(n)d answers on") % {"n": least},
        ))  # fmt: skip
    return found


def overall(lines: Sequence[Line]) -> dict[str, Any] | None:
    """The mean of the institutions that are shown, weighted by their persons.

    Of those alone: with the others in it, what is left out could be computed from it. None below two.
    """
    shown = [(one.population, one.total.value) for one in lines if one.total and one.total.value is not None]
    if len(shown) < 2:
        return None
    whole = sum(population for population, _value in shown)
    mean = sum((population * value for population, value in shown), Decimal(0)) / whole
    return {"value": plain.num(mean, 1), "n": len(shown)}


def _chart(lines: Sequence[Line]) -> charts.Chart | None:
    shown = [(one.place.short_name, one.total.value) for one in lines if one.total and one.total.value]
    if len(shown) < 2:
        return None
    best = max(shown, key=lambda pair: pair[1])
    title = _("Highest: %(place)s with %(points)s points") % {
        "place": best[0], "points": plain.num(best[1], 1),
    }  # fmt: skip
    return charts.bars("survey-places", title, (_("institution"), _("points")), shown, places=1)


def facts(campaign: Campaign) -> list[parts.Fact]:
    """What it asks, of which months, by which limits, how its sample came about."""
    limits = campaign.limits
    found = [
        parts.Fact(
            _("questionnaire"), str(campaign.edition), reverse("questionnaire", args=[campaign.edition_id])
        ),
        parts.Fact(pgettext("survey", "asks"), campaign.edition.questionnaire.get_kind_display()),
        parts.Fact(pgettext("survey", "period"), campaign.span),
        parts.Fact(
            _("answered from, until"), f"{plain.day(campaign.opens_on)} – {plain.day(campaign.closes_on)}"
        ),
        parts.Fact(_("result of an institution"), _("from %(n)d answers on") % {"n": limits["sample_min"]}),
    ]
    source = campaign.plan.source
    if source == DISCHARGES:
        found += [
            parts.Fact(
                _("result of a department"), _("from %(n)d answers on") % {"n": limits["department_min"]}
            ),
            parts.Fact(
                _("sample"),
                _("%(share)s%% of each department, %(least)s persons at least, each person once")
                % {"share": plain.plain(Decimal(str(limits["share"]))), "least": limits["stratum_least"]},
            ),
            parts.Fact(_("seed of the draw"), campaign.seed),
            parts.Fact(_("list drawn from (SHA-256)"), f"{campaign.drawn_from[:16]}…"),
        ]
    else:
        said = _("links handed out at the desk") if source == HANDED else _("everybody with a sign-in")
        found.append(parts.Fact(_("sample"), said))
    if campaign.why:
        found.append(parts.Fact(_("why"), campaign.why))
    return found


def actions(campaign: Campaign, membership: Membership, today: date) -> list[parts.Action]:
    """Count or give up."""
    if campaign.state != Campaign.State.RUNNING or not membership.can(RUN):
        return []
    give_up = parts.Action(
        _("Give the survey up…"), reverse("survey-cancel", args=[campaign.pk]), "x",
        form=CancelForm(auto_id="cancel-%s"),
    )  # fmt: skip
    count = parts.Action(
        _("Count the answers"), reverse("survey-close", args=[campaign.pk]), "sum", "primary"
    )
    waits = campaign.tickets.filter(spent=False).exists()
    return [give_up] if today <= campaign.closes_on and waits else [count, give_up]


def findings(campaign: Campaign, place: Institution | None = None) -> list[dict[str, Any]]:
    """The options of each choice with their shares: of an institution, or (staff) by level."""
    rows = Result.objects.filter(campaign=campaign, institution=place, measure__contains="=")
    by: dict[tuple[str, str], dict[str, Result]] = defaultdict(dict)
    for row in rows.order_by("pk"):
        question, option = row.measure.split("=", 1)
        by[question, row.level][option] = row
    levels = dict(Institution.Level.choices)
    language = plain_language()
    found = []
    for question in campaign.edition.questions:
        for (code, level), options in by.items():
            if code == question.code:
                answers = next(iter(options.values())).answers
                found.append({
                    "question": question.words(language), "level": levels.get(level, ""),
                    "said": _said(answers),
                    "options": [
                        (one.words(language), options[one.code], words.value(options[one.code]),
                         words.interval(options[one.code]), one.right)
                        for one in question.options if one.code in options
                    ],
                })  # fmt: skip
    return found


def _said(answers: int) -> str:
    if few.small(answers):
        return _("%(n)s answers") % {"n": few.fewer()}
    return ngettext("%(n)d answer", "%(n)d answers", answers) % {"n": answers}


def comments(campaign: Campaign, place: Institution | None) -> list[tuple[str, str, list[str]]]:
    """(question, level, texts) of what may be read."""
    asked = {one.code: one.words(plain_language()) for one in campaign.edition.questions}
    levels = dict(Institution.Level.choices)
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in campaign.comments.filter(institution=place).order_by("pk"):
        found[asked.get(row.question, row.question), str(levels.get(row.level, ""))].append(row.text)
    return [(question, level, texts) for (question, level), texts in found.items()]


def plain_language() -> str:
    """The language of the page, as questionnaires know it."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"
