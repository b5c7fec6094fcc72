"""What a number rests on where it is no list of records: statement, population, base, pool, scheme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from alliance.web import words
from alliance.web.parts import Fact, Step
from complaints.surveys import facts as survey_books
from performance.collect.opinions import OPINION
from performance.collect.surveys import ASKED, SURVEY, span_of
from performance.engine.scheme import Item
from performance.evaluations import services as evaluations
from performance.models import Line
from performance.services import bases, evidence
from performance.services.evidence import Evidence
from performance.show import labels
from performance.show.formulas import plain, shown
from performance.show.frame import Frame


def head(fact: Evidence) -> dict[str, Any]:
    """The number, its name, and whether the records of today still give it."""
    name = f"{labels.fact(fact.key)} · {words.month(fact.month)}"
    return {
        "title": name, "fact": fact, "source": labels.source(fact.kind), "number": _shown(fact, fact.value),
        "now_number": _shown(fact, fact.value_now),
        "rooms": [place.short_name for place in fact.members if place.pk != fact.institution.pk],
    }  # fmt: skip


def _shown(fact: Evidence, value: Any) -> str:
    return shown({"name": fact.key, "value": value})


def statement(frame: Frame, fact: Evidence) -> dict[str, Any]:
    """A declared total or the institution's served population."""
    if fact.kind == evidence.collect.INSTITUTION:
        place = fact.institution
        facts = [
            Fact(_("institution"), place.name),
            Fact(_("served persons"), words.num(place.served_population)),
        ]
        return {"facts_list": facts, "steps": []}
    if fact.kind == OPINION:
        return opinions(fact)
    if fact.kind == SURVEY:
        return surveyed(fact)
    steps = [
        Step(
            "yes", _("%(n)s discharges, %(yuan)s yuan")
            % {"n": total.discharges, "yuan": words.yuan(total.cost_fen)}, total.source,
        )
        for total in evidence.declarations(fact)
    ]  # fmt: skip
    return {"facts_list": [Fact(_("declared by"), fact.institution.name)], "steps": steps}


def surveyed(fact: Evidence) -> dict[str, Any]:
    """The surveys of the span: points, answers, persons asked; why one gives no number."""
    first, last = span_of(fact.month, fact.key)
    kinds = ASKED[fact.key].kinds
    steps = [
        Step(
            "yes" if row.value is not None else "wait", str(survey),
            _("%(answers)d answers of %(asked)d asked, total %(points)s points")
            % {"answers": row.answers, "asked": row.asked, "points": words.assessed(row.value, 2)},
        )
        for survey, row in survey_books.behind(first, last, kinds, fact.institution.pk)
    ]  # fmt: skip
    return {"facts_list": [Fact(_("institution"), fact.institution.name)], "steps": steps}


def opinions(fact: Evidence) -> dict[str, Any]:
    """What each kind of evaluators thinks, back to back: number, mean, spread."""
    rows = evaluations.of_fact(fact.key, fact.month, fact.institution)
    steps = [
        Step(
            "yes" if row.mean is not None else "wait", str(row.get_kind_display()),
            _("%(n)d raters, mean %(mean)s, spread %(spread)s")
            % {"n": row.n, "mean": words.assessed(row.mean, 2), "spread": words.num(row.spread, 2)},
        )
        for row in rows
    ]  # fmt: skip
    return {"facts_list": [Fact(_("rated"), fact.institution.name)], "steps": steps}


def basis(frame: Frame, line: Line) -> dict[str, Any]:
    """The performance-pay base in force and those before it."""
    steps = [
        Step(
            "hit" if place == 0 else "yes", words.yuan(row.fen), row.source, row.entered_at,
            str(row.entered_by.user),
        )
        for place, row in enumerate(bases.history(line.institution_id, frame.month))
    ]  # fmt: skip
    facts = [Fact(_("base used (yuan)"), words.yuan(line.basis_fen))]
    return {"title": _("Performance-pay base"), "facts_list": facts, "steps": steps}


def pool(frame: Frame, line: Line) -> dict[str, Any]:
    """The decision about the pool, who entered and who confirmed it."""
    found = frame.settlement.pool
    steps = [Step("yes", _("Entered"), "", found.entered_at, str(found.entered_by.user))]
    if found.confirmed_by is not None:
        steps.append(Step("yes", _("Confirmed"), "", found.confirmed_at, str(found.confirmed_by.user)))
    facts = [
        Fact(_("amount (yuan)"), words.yuan(found.fen)),
        Fact(_("kind of source"), str(found.get_source_kind_display())),
        Fact(_("source"), found.source),
        Fact(_("decision number"), found.document or words.DASH),
    ]
    return {"title": _("Pool of the month"), "facts_list": facts, "steps": steps}


def scheme(frame: Frame, line: Line) -> dict[str, Any]:
    """The column of the scheme that scores the institution, with every number it sets."""
    version, column = frame.settlement.scheme, frame.column(line.column)
    facts = [
        Fact(_("scheme"), f"{labels.named(frame.scheme)} {version.version}"),
        Fact(_("scored as"), labels.named(column)),
        Fact(_("in force from"), str(version.from_date)),
        Fact(_("decided by"), version.decided_by),
        Fact(_("digest"), f"{version.digest[:8]}…{version.digest[-8:]}"),
    ]
    rows = [
        {
            "name": labels.named(frame.indicators[item.indicator]), "weight": plain(item.weight),
            "rules": list(rules_of(item)),
        }
        for item in column.items
    ]  # fmt: skip
    return {"title": _("Rules of the scheme"), "facts_list": facts, "steps": [], "rules": rows}


def rules_of(item: Item) -> Iterator[str]:
    """The numbers of a scoring form in words."""
    for name in type(item.form).__dataclass_fields__:
        value = getattr(item.form, name)
        if name == "steps":
            yield from (
                _("%(points)s points at %(at)s") % {"points": plain(step.points), "at": plain(step.at)}
                for step in value
            )
        elif name not in ("kind", "direction", "mode") and value is not None:
            yield f"{labels.NUMBERS.get(name, name)} {plain(value)}"
    if item.minimum_n is not None:
        yield _("at least %(n)d to be assessed") % {"n": item.minimum_n}
