"""Joint work of a month, one row an institution, with the ids behind every number.

The names are those under which the month asks for them: joint_projects (S3-64), joint_dm_cases, joint_dm_done
(S3-08, persons), technique_cases (S2-28), case_conferences (S3-45), joint_research (S3-18).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from alliance.joint.facts.conferences import held_between
from alliance.joint.facts.research import research_facts
from alliance.joint.facts.techniques import confirmed
from alliance.joint.models import Enrolment, Milestone, Participant, Project, Research, Step
from alliance.lib.period import Month
from alliance.models import Institution

# A project takes part in the diabetes figures when its steps take their days from this parameter.
DIABETES = "cp.joint_dm."
FIGURES = (
    "joint_projects", "joint_dm_cases", "joint_dm_done", "technique_cases", "case_conferences",
    "joint_research",
)  # fmt: skip
Ids = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class JointMonth:
    """One institution's month: for each figure the ids behind it, ascending; the numbers are their lengths.

    joint_projects: projects in which it looked after somebody on some day of the month; joint_dm_cases:
    enrolments whose last step was due in the month; joint_dm_done: of these, every step done by its day;
    technique_cases: confirmed cases it did; case_conferences: held in the month, hosted or joined;
    joint_research: projects running in the month that it leads or joins.
    """

    month: Month
    institution_id: int
    institution: str
    ids: Ids

    def count(self, figure: str) -> int:
        """The number of one figure. Raises KeyError for a figure that does not exist."""
        return len(self.ids[figure])


def joint_months(month: Month) -> list[JointMonth]:
    """Every institution of the alliance in scope, by code; a fixed number of queries."""
    found: dict[str, dict[int, set[int]]] = {name: defaultdict(set) for name in FIGURES}
    _projects(month, found["joint_projects"])
    _diabetes(month, found["joint_dm_cases"], found["joint_dm_done"])
    for pk, place in confirmed(month).order_by().values_list("pk", "institution"):
        found["technique_cases"][place].add(pk)
    _conferences(month, found["case_conferences"])
    for fact in research_facts(month):
        found["joint_research"][fact.institution_id].update(fact.joined_ids)
    places = Institution.objects.order_by("code").values_list("pk", "code")
    return [
        JointMonth(month, pk, code, {name: tuple(sorted(found[name][pk])) for name in FIGURES})
        for pk, code in places
    ]


def project_rows(ids: Iterable[int]) -> QuerySet[Project]:
    """Projects by their keys."""
    rows: QuerySet[Project] = Project.objects.filter(pk__in=list(ids))
    return rows


def enrolment_rows(ids: Iterable[int]) -> QuerySet[Enrolment]:
    """Enrolments by their keys, with everything a list names."""
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(pk__in=list(ids)).with_names()
    return rows


def research_rows(ids: Iterable[int]) -> QuerySet[Research]:
    """Research projects by their keys, with leader and leading institution."""
    rows: QuerySet[Research] = Research.objects.filter(pk__in=list(ids))
    return rows.select_related("leader", "institution")


def _projects(month: Month, found: dict[int, set[int]]) -> None:
    stayed = Q(withdrawn_on=None) | Q(withdrawn_on__gte=month.first_day)
    rows: Any = Enrolment.objects.filter(stayed, first_day__lte=month.last_day).exclude(reason="error")
    for project, *places in rows.order_by().values_list("project", "hospital", "primary").distinct():
        for place in places:
            found[place].add(project)


def _diabetes(month: Month, due: dict[int, set[int]], done: dict[int, set[int]]) -> None:
    for row in persons_due(month):
        for place in (row.hospital_id, row.primary_id):
            due[place].add(row.pk)
            if not row.missed:
                done[place].add(row.pk)


def persons_due(month: Month) -> QuerySet[Any]:
    """Diabetics whose last step was due in the month; `missed`: steps not done by their day."""
    projects = Step.objects.filter(parameter__startswith=DIABETES).values("project")
    kept = ~Q(milestones__state=Milestone.State.DROPPED)
    done = Q(milestones__state=Milestone.State.DONE, milestones__done_on__lte=F("milestones__due_on"))
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(project__in=projects).order_by()
    counted = rows.annotate(
        last=Max("milestones__due_on", filter=kept), missed=Count("milestones", filter=kept & ~done)
    )
    return counted.filter(last__range=(month.first_day, month.last_day))


def _conferences(month: Month, found: dict[int, set[int]]) -> None:
    held = held_between(month.first_day, month.last_day).order_by()
    for pk, host in held.values_list("pk", "host"):
        found[host].add(pk)
    present = Participant.objects.filter(conference__in=held.values("pk"), voided_at=None)
    for pk, place in present.order_by().values_list("conference", "institution"):
        found[place].add(pk)
