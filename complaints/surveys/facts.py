"""What counted surveys tell the floors above: points, answers, response by institution, department or team.

S0-26, S0-35, S1-28, S1-37, S2-03, S3-17, S3-53. A survey counts in the span its months lie in; below its
minimum it is known to stand and its value is None. Hosts' opinions of posted experts come from postings
(alliance.postings.facts.satisfaction), members' of each other from evaluations: not from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from alliance.lib.period import Month
from alliance.training import policy
from complaints.surveys.counting import PASSED
from complaints.surveys.engine.kinds import KINDS, TOTAL
from complaints.surveys.models import Campaign, Result

__all__ = ["PASSED", "TOTAL", "SurveyFact", "behind", "findings", "survey_facts"]


@dataclass(frozen=True, slots=True)
class SurveyFact:
    """One measure of one place in one survey.

    `institution` its code, `department` the code of a department or team, or "" for the whole. `kind` of
    questionnaire (complaints.surveys.engine.kinds); `measure`: total, a sub-scale, or passed. `value`: 0 to
    100, None below the minimum or where it would tell a smaller group. `asked`: persons asked. Of a quiz
    `right` of `questions` were right, `passed` persons passed. `survey`: its key.
    """

    survey: int
    institution: str
    institution_id: int
    department: str
    kind: str
    measure: str
    answers: int
    asked: int
    value: Decimal | None
    right: int | None
    questions: int | None
    passed: int | None

    @property
    def points(self) -> Decimal | None:
        """Points of all its answers together (mean × answers), so that several surveys add up."""
        return None if self.value is None else self.value * self.answers


def quizzes(year: int) -> dict[int, policy.Quiz]:
    """The newest quiz of staff in a year by institution, beside policy training (S1-28, S1-61); a query."""
    facts = survey_facts(Month(year, 1), Month(year, 12))
    return {
        one.institution_id: policy.Quiz(None if one.value is None else one.passed, one.answers)
        for one in sorted(facts, key=lambda fact: fact.survey)
        if one.kind == "staff_quiz" and one.measure == PASSED
    }


def survey_facts(first: Month, last: Month, *, parts: str = "") -> list[SurveyFact]:
    """The facts of every counted survey whose months lie within two months, both included; one query.

    By institution, or by its `parts` (complaints.surveys.engine.kinds: DEPARTMENT, TEAM) of the surveys that
    are split into them.
    """
    rows = _results(first, last).filter(institution__isnull=False).exclude(measure__contains="=")
    if parts:
        kinds = [kind.code for kind in KINDS.values() if kind.parts == parts]
        rows = rows.exclude(department_code="").filter(campaign__edition__questionnaire__kind__in=kinds)
    else:
        rows = rows.filter(department_code="")
    rows = rows.select_related("institution", "campaign__edition__questionnaire")
    return [_fact(row) for row in rows.order_by("institution__code", "department_code", "pk")]


def _results(first: Month, last: Month) -> QuerySet[Any]:
    within = [
        Q(campaign__months=months, campaign__month__lte=last.plus(1 - months).first_day)
        for months in (1, 3, 12)
    ]
    rows: QuerySet[Any] = Result.objects.filter(
        within[0] | within[1] | within[2], campaign__state=Campaign.State.CLOSED,
        campaign__month__gte=first.first_day,
    )  # fmt: skip
    return rows


def _fact(row: Any) -> SurveyFact:
    return SurveyFact(
        row.campaign_id, row.institution.code, row.institution_id, row.department_code,
        row.campaign.edition.questionnaire.kind, row.measure, row.answers, row.asked, row.value,
        row.detail.get("right"), row.detail.get("questions"), row.detail.get("passed"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """The share of one option of a choice in percent, of an institution or (staff) of a level (S2-03)."""

    survey: int
    institution: str
    level: str
    question: str
    option: str
    answers: int
    value: Decimal | None


def findings(first: Month, last: Month, kind: str) -> list[Finding]:
    """The findings of counted surveys of a kind; None where too few chose to be told; one query."""
    rows = _results(first, last).filter(
        measure__contains="=", campaign__edition__questionnaire__kind=kind
    ).select_related("institution")  # fmt: skip
    return [_finding(row) for row in rows.order_by("campaign", "level", "institution__code", "pk")]


def _finding(row: Any) -> Finding:
    question, option = row.measure.split("=", 1)
    place = row.institution.code if row.institution else ""
    return Finding(row.campaign_id, place, row.level, question, option, row.answers, row.value)


def behind(first: Month, last: Month, kinds: Sequence[str], institution_id: int) -> list[tuple[Any, Any]]:
    """(survey, its total of an institution) of the surveys that a number of a span rests on; one query."""
    rows = _results(first, last).filter(
        institution=institution_id, department_code="", measure=TOTAL,
        campaign__edition__questionnaire__kind__in=kinds,
    )  # fmt: skip
    return [(row.campaign, row) for row in rows.select_related("campaign__edition__questionnaire")]
