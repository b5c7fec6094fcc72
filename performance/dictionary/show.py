"""One indicator of the dictionary as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.services import parameters
from alliance.web import parameter_values
from alliance.web.access import way
from alliance.web.parts import Fact
from performance.collect import complaints, insurance, people, surveys
from performance.dictionary import book, formula, use, words
from performance.engine.dictionary import Entry
from performance.engine.factbook import BookedFact
from performance.show import labels
from performance.show.formulas import plain

# Facts that are counted from records where the room is used, and declared elsewhere.
RECORDED = complaints.KEYS | surveys.KEYS | insurance.OFFSITE_KEYS | people.POLICY_KEYS
REQUIREMENT = re.compile(r"(S[0-4]|X7)-\w+")


@dataclass(frozen=True)
class FactLine:
    """One fact of the formula: its side, what it counts, where it comes from, where its records are."""

    booked: BookedFact
    name: str
    side: str
    unit: str
    origin: dict[str, str]
    room: str
    url: str
    note: str  # where the same number may be recorded here or declared


def page(membership: Membership, entry: Entry) -> dict[str, Any]:
    """Everything of the page."""
    indicator = entry.indicator
    past = use.history(membership, indicator)
    return {
        "title": labels.named(indicator), "entry": entry, "indicator": indicator,
        "definition": labels.defined(indicator), "formula": [formula.line(indicator)],
        "fact_lines": list(fact_lines(membership, entry)), "exclusions": words.exclusions(entry),
        "evidence": words.evidence(entry), "origin": origin_chip(entry.origin),
        "about": about(entry),
        "direction": str(words.DIRECTIONS[indicator.direction]),
        "frequency": str(words.FREQUENCIES[entry.frequency]),
        "answers": answers(membership, entry), "links": links(entry),
        "read_by": [_link(one) for one in book.read_by(entry.code)],
        "version_digest": book.version_digest(entry), "uses": use.uses(membership, entry.code),
        "past": past, "unit": labels.unit(indicator), "area": str(words.AREAS[entry.area]),
        "area_url": f"{reverse('indicators')}?area={entry.area}",
    }  # fmt: skip


def origin_chip(origin: str) -> dict[str, str]:
    """Where a figure comes from, as a chip."""
    return {"kind": words.CHIPS[origin], "text": str(words.ORIGINS[origin])}


def fact_lines(membership: Membership, entry: Entry) -> Iterator[FactLine]:
    """Every fact of the formula, those above the line first."""
    indicator = entry.indicator
    for side, keys in ((_("numerator"), indicator.numerator), (_("denominator"), indicator.denominator)):
        for key in keys:
            booked = labels.facts()[key]
            yield FactLine(
                booked, labels.named(booked), side, str(words.FACT_UNITS[booked.unit]),
                origin_chip(booked.origin), str(words.ROOMS[booked.room]), _records(membership, booked),
                _note(booked),
            )  # fmt: skip


def _records(membership: Membership, booked: BookedFact) -> str:
    """The page of the department the fact comes from; '' where there is none or the member may not."""
    known = booked.origin == "automatic" or booked.key in RECORDED
    name = words.PAGES.get(booked.room, "") if known else ""
    return way(membership, name) if name else ""


def _note(booked: BookedFact) -> str:
    return _("from the records here; declared where there are none") if booked.key in RECORDED else ""


def about(entry: Entry) -> list[Fact]:
    """How it is measured."""
    indicator = entry.indicator
    found = [
        Fact(_("code"), entry.code),
        Fact(_("how it is worked out"), str(words.FORMS[indicator.form])),
        Fact(_("unit"), labels.unit(indicator) or words.counted(indicator)),
        Fact(_("direction"), str(words.DIRECTIONS[indicator.direction])),
        Fact(_("decimals"), str(indicator.decimals)),
        Fact(_("least denominator to be assessed"), words.minimum(indicator)),
        Fact(_("measured"), str(words.FREQUENCIES[entry.frequency])),
        Fact(_("levels"), words.levels(entry.levels)),
    ]
    if indicator.scale != 1:
        found.insert(2, Fact(_("factor"), plain(indicator.scale)))
    return found


def answers(membership: Membership, entry: Entry) -> list[Fact]:
    """Who answers for it and where it comes from."""
    found = [
        Fact(_("answers for it"), str(words.OWNERS[entry.owner])),
        Fact(_("sources of the definition"), cited(entry.sources)),
    ]
    if entry.twins:
        found.append(Fact(_("merged into it"), cited(entry.twins)))
    if entry.target:
        name = parameter_values.label(parameters.registered()[entry.target])
        found.append(Fact(_("target or limit"), name, way(membership, "parameter", entry.target)))
    return found


def cited(sources: Sequence[str]) -> str:
    """Chapters in words, then the numbers of the requirements in a row."""
    points = [source for source in sources if REQUIREMENT.fullmatch(source)]
    found = [parameter_values.cited(source) for source in sources if source not in points]
    if points:
        found.append(_("requirements %(codes)s") % {"codes": ", ".join(points)})
    return " · ".join(found)


def links(entry: Entry) -> list[Fact]:
    """The entries it is built on."""
    return [_link(book.entries()[code]) for code in entry.based_on]


def _link(entry: Entry) -> Fact:
    return Fact(labels.named(entry.indicator), entry.code, reverse("indicator", args=[entry.code]))
