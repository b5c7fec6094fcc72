"""Facts of surveys: satisfaction, its sub-scales, response, quizzes (S0-26, S0-35, S1-28, S3-17, S3-53).

Where a survey of the span stands it counts before what is declared of the same number, also when too few
answered: then the number is not known. Where none stands, declarations count as before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from alliance.lib.period import Month
from alliance.models import Institution
from complaints.surveys import facts as survey_books
from complaints.surveys.facts import PASSED, TOTAL, SurveyFact
from performance.collect.source import Keys, Source
from performance.declared import book
from performance.engine.fact import Fact
from performance.engine.formula import Number
from performance.engine.spans import MONTHS, counted

SURVEY = "survey"
PATIENTS = ("inpatient", "outpatient")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which surveys give a number: kinds of questionnaire, the measure, which of its columns."""

    kinds: tuple[str, ...]
    measure: str = TOTAL
    column: str = "answers"


def _pair(name: str, *kinds: str, measure: str = TOTAL) -> dict[str, Asked]:
    """Points and answers of one measure."""
    return {
        f"{name}_points": Asked(kinds, measure, "points"), f"{name}_answers": Asked(kinds, measure),
    }  # fmt: skip


ASKED: Mapping[str, Asked] = {
    **_pair("satisfaction", *PATIENTS),
    **_pair("inpatient", "inpatient"),
    **_pair("outpatient", "outpatient"),
    **_pair("staff", "staff"),
    **_pair("contract", "contract", measure="service"),
    **_pair("gain", "contract", measure="gain"),
    **_pair("teaching", "teaching"),
    "environment_points": Asked(PATIENTS, "environment", "points"),
    "attitude_points": Asked(PATIENTS, "communication", "points"),
    "waiting_points": Asked(PATIENTS, "waiting", "points"),
    "continuity_points": Asked(PATIENTS, "continuity", "points"),
    "questionnaires_sent": Asked(PATIENTS, TOTAL, "asked"),
    "knowledge_right": Asked(("health_quiz",), TOTAL, "right"),
    "knowledge_asked": Asked(("health_quiz",), TOTAL, "questions"),
    "policy_right": Asked(("patient_quiz",), TOTAL, "right"),
    "policy_asked": Asked(("patient_quiz",), TOTAL, "questions"),
    "staff_aware": Asked(("staff_quiz",), PASSED, "passed"),
    "staff_quizzed": Asked(("staff_quiz",), PASSED),
}
KEYS: Keys = frozenset(ASKED)
Found = tuple[Number | None, int]  # the number and the answers behind it


def span_of(month: Month, key: str) -> tuple[Month, Month]:
    """The months whose surveys a month counts for a number: the last span that has ended."""
    span = counted(month, book.often()[key])
    return span.first, span.first.plus(MONTHS[span.frequency] - 1)


def numbers(facts: Iterable[SurveyFact], key: str) -> dict[tuple[int, str], Found]:
    """The number by institution and part: the sum over the surveys that may be read, else None."""
    asked = ASKED[key]
    known: dict[tuple[int, str], list[SurveyFact]] = defaultdict(list)
    for fact in facts:
        if fact.kind in asked.kinds and fact.measure == asked.measure:
            known[fact.institution_id, fact.department].append(fact)
    return {place: _number(found, asked.column) for place, found in known.items()}


def _number(found: Sequence[SurveyFact], column: str) -> Found:
    read = [one for one in found if one.value is not None]
    if not read:
        return None, 0
    values: list[Number] = [_plain(getattr(one, column) or 0) for one in read]
    return sum(values[1:], values[0]), sum(one.answers for one in read)


def _plain(value: Number) -> Number:
    """A sum of points with the four decimals of its mean, no more."""
    return value.quantize(Decimal("0.0001")) if isinstance(value, Decimal) else value


def by_span(
    month: Month, keys: Keys, *, parts: str = ""
) -> Iterator[tuple[str, dict[tuple[int, str], Found]]]:
    """Each key with its numbers; one query for each span that is asked for."""
    spans: dict[tuple[Month, Month], list[str]] = defaultdict(list)
    for key in sorted(keys & KEYS):
        spans[span_of(month, key)].append(key)
    for (first, last), asked in spans.items():
        facts = survey_books.survey_facts(first, last, parts=parts)
        yield from ((key, numbers(facts, key)) for key in asked)


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    codes = {place.pk: place.code for place in places}
    for key, found in by_span(month, keys):
        for (at, _unit), (value, answers) in found.items():
            if at in codes:
                yield Fact(codes[at], month, key, value, SURVEY, answers)


SOURCES = (Source(SURVEY, KEYS, _read),)
