"""The very records behind a number of a department, team or person."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import QuerySet

from alliance.lib.period import Month
from alliance.models import Staff
from grouping.metrics import monthly
from performance import collect
from performance.collect import setaside
from performance.collect.cases import CASE
from performance.collect.metrics import METRIC
from performance.levels.explained import Explained
from performance.levels.subjects import crew
from performance.models import LevelFact, LevelSubject

CASES = frozenset({CASE, METRIC})


def of(found: Explained, fact: LevelFact) -> QuerySet[Any]:
    """Records of today: cases by department or doctor, all others by the ids frozen with the fact.

    Without those that a decision left out when the run was computed, as the number itself.
    """
    if fact.kind in CASES:
        out = setaside.of(fact.kind, setaside.held(found.run.computed_at))
        return _cases(found.row, fact).exclude(pk__in=list(out))
    source = collect.source_of(fact.kind)
    assert source.rows is not None, "what has ids can be listed"
    return source.rows(fact.ids or [])


def _cases(row: LevelSubject, fact: LevelFact) -> QuerySet[Any]:
    assert row.institution_id is not None, "the alliance lists by institution"
    month = Month.of(fact.month)
    if row.team_id is not None:
        counted = [staff for staff, team in crew(month).items() if team == row.team_id]
        found = [_of_doctor(month, one, fact.key) for one in Staff.objects.filter(pk__in=counted)]
        return reduce(or_, found) if found else monthly.cases(month, row.institution_id, fact.key).none()
    if row.staff is not None:
        return _of_doctor(month, row.staff, fact.key)
    assert row.department is not None, "a subject inside an institution"
    return monthly.cases(month, row.institution_id, fact.key, department=row.department.code)


def _of_doctor(month: Month, staff: Staff, key: str) -> QuerySet[Any]:
    named = monthly.cases(month, staff.institution_id, key, doctor=staff.name)
    coded = monthly.cases(month, staff.institution_id, key, doctor=staff.code)
    return coded if coded.order_by().exists() else named  # a front page writes one or the other
