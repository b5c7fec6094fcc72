"""Who sees whose score below the institution: everybody himself, heads their own, the office all.

The second wall: nobody outside an institution sees its departments or persons, but who stands for the
alliance does.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from alliance import roles
from alliance.models import Membership
from performance.models import Level, LevelRun, LevelSubject

PERSONS = "person_score.view"


def subjects(membership: Membership, run: LevelRun) -> QuerySet[Any]:
    """The subjects of a run the member may see, with what a list names."""
    rows = LevelSubject.objects.filter(run=run).filter(allowed(membership, run.level))
    return rows.select_related("institution", "department", "staff", "team")


def allowed(membership: Membership, level: str) -> Q:
    """The alliance for all, departments and teams for their institution, those of a village room also for the
    township that is paid for it (practice.md 1), persons for themselves and heads.
    """
    here = membership.institution_id
    if level != Level.PERSON:
        if here is None or level == Level.ALLIANCE:
            return Q()
        return Q(institution=here) | Q(institution__parent=here, team__isnull=False)
    himself = Q(staff__user=membership.user_id)
    if here is None:
        return Q() if membership.can(PERSONS) else himself
    return Q(institution=here) & (himself | _led(membership))


def _led(membership: Membership) -> Q:
    """Whom a head leads inside his institution; a head of a department that nobody named leads nobody."""
    nobody = Q(pk__in=[])
    if not membership.can(PERSONS):
        return nobody
    if roles.allows(set(membership.roles) - {"department_head"}, PERSONS):
        return ~nobody
    department = membership.department_id
    return nobody if department is None else Q(department=department)
