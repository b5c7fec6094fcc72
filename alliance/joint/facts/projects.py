"""Completion of joint projects: steps due in a month, done in time, credited to both sides (S3-08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from alliance.joint.models import Enrolment, Milestone, Side
from alliance.lib.period import Month

KIND = Milestone._meta.label_lower


@dataclass(frozen=True, slots=True)
class JointFact:
    """One doctor's month in one project, on one side.

    Both institutions of a person are credited with every step of that person, their own and the other's.
    `department_id`, `staff_id`: the side's doctor; None where it has named none. Ids of steps, ascending:
    due in the month, done of these (whenever), done in time of these (on the due day or before).
    """

    month: Month
    project_id: int
    project: str
    institution_id: int
    institution: str
    side: str
    department_id: int | None
    staff_id: int | None
    due_ids: tuple[int, ...]
    done_ids: tuple[int, ...]
    in_time_ids: tuple[int, ...]


def joint_facts(
    month: Month, *, until: date | None = None, institution_id: int | None = None
) -> list[JointFact]:
    """All months of doctors by project, institution and side; two queries.

    `until`: only steps due by that day, for a month that still runs. `institution_id`: what is credited to
    this one only.
    """
    last = min(month.last_day, until) if until else month.last_day
    rows = [
        row
        for side in Side.values
        for row in _of_side(side, due_between(month.first_day, last), institution_id)
    ]
    facts = [JointFact(month, *row[:7], *(tuple(ids) for ids in row[7:])) for row in rows]
    return sorted(facts, key=lambda one: (one.project, one.institution, one.side, one.staff_id or 0))


def _of_side(side: str, due: QuerySet[Milestone], institution_id: int | None) -> Iterable[Any]:
    if institution_id is not None:
        due = due.filter(**{f"enrolment__{side}": institution_id})
    done = Q(state=Milestone.State.DONE)
    return due.order_by().values_list(
        "enrolment__project", "enrolment__project__code", f"enrolment__{side}", f"enrolment__{side}__code",
        Value(side), f"enrolment__{side}_department", f"enrolment__{side}_doctor",
    ).annotate(
        due=ArrayAgg("pk", order_by="pk"), done=_ids(done), in_time=_ids(done & Q(done_on__lte=F("due_on"))),
    )  # fmt: skip


def _ids(which: Q) -> Any:
    return Coalesce(ArrayAgg("pk", filter=which, order_by="pk"), Value([]))


def due_between(first: date, last: date) -> QuerySet[Milestone]:
    """Steps due from one day to another that did not fall away."""
    rows: QuerySet[Milestone] = Milestone.objects.filter(due_on__range=(first, last))
    return rows.exclude(state=Milestone.State.DROPPED)


def records(ids: Iterable[int]) -> QuerySet[Milestone]:
    """The steps behind a fact, by due day."""
    rows: QuerySet[Milestone] = Milestone.objects.filter(pk__in=list(ids)).with_names()
    return rows


def late(today: date) -> QuerySet[Milestone]:
    """Steps not done by their day, of persons still in care; at whose door they lie says `at`."""
    rows: QuerySet[Milestone] = Milestone.objects.filter(
        state=Milestone.State.OPEN, due_on__lt=today, enrolment__state=Enrolment.State.ACTIVE
    )
    return rows


@dataclass(frozen=True, slots=True)
class Completion:
    """Steps due, done and done in time of some part of a month."""

    due: int
    done: int
    in_time: int

    @property
    def rate(self) -> Decimal | None:
        """Done in time of what was due, 0 to 1; None where nothing was due (not assessed)."""
        return Decimal(self.in_time) / self.due if self.due else None


def completion(facts: Iterable[JointFact]) -> Completion:
    """The sum of facts, each step counted once however many doctors it is credited to."""
    due: set[int] = set()
    done: set[int] = set()
    in_time: set[int] = set()
    for fact in facts:
        due.update(fact.due_ids)
        done.update(fact.done_ids)
        in_time.update(fact.in_time_ids)
    return Completion(len(due), len(done), len(in_time))


def completion_by(facts: Iterable[JointFact], key: Callable[[JointFact], Any]) -> dict[Any, Completion]:
    """Completion of each part a key names, in the order of the facts."""
    parts: dict[Any, list[JointFact]] = defaultdict(list)
    for fact in facts:
        parts[key(fact)].append(fact)
    return {name: completion(rows) for name, rows in parts.items()}
