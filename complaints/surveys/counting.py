"""From the answers of a survey to results of groups: what is too few is not written down at all.

Institutions need `sample_min` answers, their departments or teams `department_min`; one that stays out takes
a second one with it (alliance.lib.hiding), so that it does not follow from its institution. Options and
comments are read in groups of `group_min`, of staff by level of institution and never of one house.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from alliance.lib.hiding import hide
from alliance.lib.intervals import wilson
from complaints.surveys.engine.estimate import Estimate, Part, rounded, stratified, together
from complaints.surveys.engine.kinds import TOTAL
from complaints.surveys.engine.questions import CHOICE, Question
from complaints.surveys.engine.scoring import Score, Values, score
from complaints.surveys.models import Campaign, Comment, Exclusion, Result, Stratum

PASSED = "passed"
Why = Result.Why
Given = Sequence[tuple[int, Values]]
# Numbers of phones, identity cards and the like in a free text.
NUMBERS = re.compile(r"[0-9０-９][0-9０-９Xx -]{5,}[0-9０-９Xx]")


@dataclass(frozen=True, slots=True)
class Group:
    """Strata that are read together: one institution, or (of staff) a level."""

    institution_id: int | None
    level: str
    strata: tuple[Stratum, ...]

    @property
    def where(self) -> dict[str, Any]:
        """The columns of a result that name it."""
        return {"institution_id": self.institution_id, "level": self.level}

    @property
    def sizes(self) -> dict[str, int]:
        """Persons and persons asked."""
        return {
            "population": sum(one.population for one in self.strata),
            "asked": sum(one.drawn for one in self.strata),
        }


def results(campaign: Campaign, given: Given) -> Iterator[Result]:
    """Every result of a survey, unsaved."""
    book = Book(campaign, given)
    for group in book.houses:
        yield from book.of_house(group)
    for group in book.readers:
        yield from book.findings(group)


def kept(
    campaign: Campaign, given: Sequence[tuple[int, Values, str]]
) -> tuple[list[tuple[int, Values]], list[Exclusion]]:
    """The answers that count, and how many of each institution were flagged, left out or not by the rule the
    survey began with (sv.burst).
    """
    rule = campaign.limits.get("burst", {})
    places = dict(campaign.strata.values_list("pk", "institution"))
    left_out = {flag for flag in ("many", "staff") if rule.get(f"exclude_{flag}")}
    counts = Counter((places[stratum], flag) for stratum, _body, flag in given if flag)
    flagged = [
        Exclusion(campaign=campaign, institution_id=at, flag=flag, answers=n, excluded=flag in left_out)
        for (at, flag), n in sorted(counts.items())
    ]
    return [(stratum, body) for stratum, body, flag in given if flag not in left_out], flagged


def comments(campaign: Campaign, texts: Sequence[tuple[int, str, str]]) -> Iterator[Comment]:
    """The free texts of each place and question that has `group_min` of them; numbers blacked out."""
    least = int(campaign.limits["group_min"])
    for group in Book(campaign, ()).readers:
        own = {one.pk for one in group.strata}
        found: dict[str, list[str]] = defaultdict(list)
        for stratum, question, text in texts:
            if stratum in own:
                found[question].append(NUMBERS.sub("***", text))
        for question, lines in sorted(found.items()):
            if len(lines) >= least:
                yield from (
                    Comment(campaign=campaign, question=question, text=text, **group.where) for text in lines
                )


class Book:
    """The strata and answers of one survey, and what follows from them."""

    def __init__(self, campaign: Campaign, given: Given) -> None:
        self.campaign, self.limits = campaign, campaign.limits
        self.questions = campaign.edition.questions
        self.kind = campaign.plan
        self.confidence = Decimal(str(self.limits["confidence"]))
        strata = list(campaign.strata.select_related("institution").order_by("pk"))
        self.houses = _groups(strata, lambda one: (one.institution_id, ""))
        self.readers = self.houses
        if self.kind.of_staff:
            self.readers = _groups(strata, lambda one: (None, one.institution.level))
        self.given: dict[int, list[Values]] = defaultdict(list)
        for stratum, body in given:
            self.given[stratum].append(body)
        levels = {int(name): Fraction(str(one)) for name, one in self.limits["level_points"].items()}
        self.scores = {
            stratum: [score(self.kind, self.questions, body, levels) for body in bodies]
            for stratum, bodies in self.given.items()
        }

    # Points --------------------------------------------------------------------------
    def of_house(self, group: Group) -> Iterator[Result]:
        """Total and sub-scales of an institution and of its parts; of a quiz who passed."""
        hidden = self._hidden(group)
        for measure in (TOTAL, *self.kind.scales):
            whole = self._estimate(group.strata, measure)
            least = int(self.limits["sample_min"])
            shown = whole is not None and whole.answers >= least
            yield self._result(group, "", measure, whole if shown else None, whole, least, hidden)
            if self.kind.parts and shown:
                yield from self._parts_of(group, measure, hidden)
        if self.kind.quiz:
            yield self._passed(group)

    def _hidden(self, group: Group) -> frozenset[str]:
        """The departments or teams that may not be told apart."""
        counts = {one.department_code: len(self.given[one.pk]) for one in group.strata}
        cells = hide(counts, int(self.limits["department_min"])).cells
        return frozenset(code for code, count in cells.items() if count is None)

    def _estimate(self, strata: Sequence[Stratum], measure: str) -> Estimate | None:
        values = {
            one.department_code: [
                found.points[measure] for found in self.scores.get(one.pk, ()) if measure in found.points
            ]
            for one in strata
        }
        return stratified(values, {one.department_code: one.population for one in strata})

    def _parts_of(self, group: Group, measure: str, hidden: frozenset[str]) -> Iterator[Result]:
        least = int(self.limits["department_min"])
        for one in (one for one in group.strata if one.department_code):
            found = self._estimate([one], measure)
            enough = found is not None and found.answers >= least
            alone = Group(group.institution_id, "", (one,))
            shown = found if enough and one.department_code not in hidden else None
            made = self._result(alone, one.department_code, measure, shown, found, least, frozenset())
            if enough and shown is None:
                made.why = Why.HIDDEN
            yield made

    def _result(
        self, group: Group, unit: str, measure: str, shown: Estimate | None, found: Estimate | None,
        least: int, hidden: frozenset[str],
    ) -> Result:  # fmt: skip
        row = Result(
            campaign=self.campaign, department_code=unit, measure=measure, least=least,
            answers=found.answers if found else 0, why="" if shown else Why.FEW, **group.where, **group.sizes,
        )  # fmt: skip
        if shown is not None:
            row.value = rounded(shown.mean)
            row.low, row.high = shown.interval(self.confidence)
            row.detail = {"parts": _parts(shown, hidden)} if not unit else {}
            if self.kind.quiz:
                row.detail |= self._sums(group)
        return row

    # Quizzes -------------------------------------------------------------------------
    def _scores(self, group: Group) -> list[Score]:
        return [found for one in group.strata for found in self.scores.get(one.pk, ())]

    def _sums(self, group: Group) -> dict[str, int]:
        found = self._scores(group)
        return {"right": sum(one.right for one in found), "questions": sum(one.asked for one in found)}

    def _passed(self, group: Group) -> Result:
        found, least = self._scores(group), int(self.limits["sample_min"])
        mark = Fraction(str(self.limits["quiz_pass"]))
        passed = sum(one.points.get(TOTAL, Fraction(0)) >= mark for one in found)
        row = Result(
            campaign=self.campaign, measure=PASSED, least=least, answers=len(found), **group.where,
            **group.sizes, why=Why.FEW,
        )  # fmt: skip
        # Who failed is a small group as well: two of thirty are not told.
        cells = hide({"yes": passed, "no": len(found) - passed}, int(self.limits["group_min"])).cells
        if len(found) >= least and None in cells.values():
            row.why = Why.HIDDEN
        elif len(found) >= least:
            row.why, row.detail = "", {"passed": passed}
            row.value, row.low, row.high = self._share(passed, len(found))
        return row

    def _share(self, part: int, whole: int) -> tuple[Decimal, Decimal, Decimal]:
        low, high = wilson(part, whole, self.confidence)
        ends = (rounded(100 * Fraction(low)), rounded(100 * Fraction(high)))
        return (rounded(Fraction(100 * part, whole)), *ends)

    # Options -------------------------------------------------------------------------
    def findings(self, group: Group) -> Iterator[Result]:
        """The share of each option of each choice in percent of the answers to it."""
        bodies = [body for one in group.strata for body in self.given[one.pk]]
        for question in self.questions:
            if question.form == CHOICE:
                yield from self._options(group, question, bodies)

    def _options(self, group: Group, question: Question, bodies: Sequence[Values]) -> Iterator[Result]:
        chosen = Counter(str(body[question.code]) for body in bodies if question.code in body)
        whole, least = sum(chosen.values()), int(self.limits["sample_min"])
        counts = {one.code: chosen[one.code] for one in question.options}
        cells = hide(counts, int(self.limits["group_min"])).cells
        for code, count in cells.items():
            row = Result(
                campaign=self.campaign, measure=f"{question.code}={code}", least=least, answers=whole,
                why=Why.FEW if whole < least else Why.HIDDEN, **group.where, **group.sizes,
            )  # fmt: skip
            if whole >= least and count is not None:
                row.why, row.detail = "", {"chosen": count}
                row.value, row.low, row.high = self._share(count, whole)
            yield row


def _groups(strata: Sequence[Stratum], key: Any) -> list[Group]:
    found: dict[tuple[int | None, str], list[Stratum]] = defaultdict(list)
    for one in strata:
        found[key(one)].append(one)
    return [Group(at, level, tuple(rows)) for (at, level), rows in found.items()]


def _parts(found: Estimate, hidden: frozenset[str]) -> list[dict[str, Any]]:
    """The terms of the formula: each department that may be read, all others as one (code None)."""
    told = [_part(code, one) for code, one in found.parts.items() if code not in hidden]
    rest = together([one for code, one in found.parts.items() if code in hidden])
    return [*told, _part(None, rest)] if rest else told


def _part(code: str | None, one: Part) -> dict[str, Any]:
    return {
        "code": code, "population": one.population, "answers": one.answers,
        "weight": str(rounded(one.weight)), "mean": str(rounded(one.mean)),
    }  # fmt: skip
