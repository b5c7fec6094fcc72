"""Joint work of a month by department and by doctor, with the ids behind every number.

S2-28 (cases of techniques by operator), S3-08 (both sides' doctors are credited with a person's milestones),
S3-45 (who sat in a case conference). Projects and research belong to institutions and are not counted here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal

from alliance.joint.facts.conferences import held_between
from alliance.joint.facts.figures import Ids, persons_due
from alliance.joint.facts.techniques import confirmed
from alliance.joint.models import Participant, Side
from alliance.lib.period import Month

Below = Literal["department", "person"]
SMALL = ("joint_dm_cases", "joint_dm_done", "technique_cases", "case_conferences")
Row = tuple[str, int, int | None, int | None]  # figure, record, department, doctor


def small_months(month: Month, level: Below) -> dict[int, Ids]:
    """By the key of a department or of a doctor, for each of SMALL the ids behind it, ascending.

    A record counts once for a department however many of its doctors had a part in it; who has none is left
    out. Four queries.
    """
    found: dict[int, dict[str, set[int]]] = defaultdict(lambda: {name: set() for name in SMALL})
    for figure, record, department, doctor in _rows(month):
        place = department if level == "department" else doctor
        if place is not None:
            found[place][figure].add(record)
    return {place: {name: tuple(sorted(ids)) for name, ids in sets.items()} for place, sets in found.items()}


def _rows(month: Month) -> Iterator[Row]:
    for pk, department, operator in confirmed(month).order_by().values_list("pk", "department", "operator"):
        yield "technique_cases", pk, department, operator
    for row in persons_due(month):
        for side in Side.values:
            place = (getattr(row, f"{side}_department_id"), getattr(row, f"{side}_doctor_id"))
            yield "joint_dm_cases", row.pk, *place
            if not row.missed:
                yield "joint_dm_done", row.pk, *place
    held = held_between(month.first_day, month.last_day).order_by()
    present = Participant.objects.filter(conference__in=held.values("pk"), voided_at=None).order_by()
    for pk, department, staff in present.values_list("conference", "staff__department", "staff"):
        yield "case_conferences", pk, department, staff
