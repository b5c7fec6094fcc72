"""Who bears a rejected case, and what the pay of a month has room for above its floor (practice.md 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from alliance.lib.money import split_pool
from alliance.lib.period import Month
from alliance.models import Department
from alliance.services import parameters
from performance.models import Clawback, ClawbackShare, PayDeduction, PayLine, StatementLine
from performance.payout.services import payables
from performance.payout.services.room import floors, rooms
from performance.tolerance import exempting

BEARERS = "clawback.bearers"
Bearer = ClawbackShare.Bearer


def bearers(month: Month, lines: Iterable[StatementLine]) -> Iterator[ClawbackShare]:
    """Who bears each rejected case; the parts add up to it, to the fen.

    Persons are those with a line in a pot of the case's department that month, by what they were paid there
    and never more than it; where nobody was paid, the department bears their part, without a department the
    institution. Patients bear nothing (practice.md 3).
    """
    found = list(lines)
    percents = _percents(month)
    units, paid = _departments(found), _paid(month)
    for line in sorted(found, key=lambda one: one.pk):
        unit = units.get(line.pk)
        people = paid.get(unit.pk, {}) if unit else {}
        parts = {part.code: part.fen for part in split_pool(line.rejected_fen, percents).parts}
        persons = min(parts[Bearer.PERSON], sum(people.values()))
        department = parts[Bearer.DEPARTMENT] + (parts[Bearer.PERSON] if unit and not people else 0)
        department = department if unit else 0
        yield from _shares(line, unit, people, persons, department)


def _shares(
    line: StatementLine, unit: Department | None, people: Mapping[int, int], persons: int, department: int
) -> Iterator[ClawbackShare]:
    own = line.rejected_fen - department - persons
    if own:
        yield ClawbackShare(line=line, bearer=Bearer.INSTITUTION, institution_id=line.institution_id, fen=own)
    if department:
        yield ClawbackShare(
            line=line, bearer=Bearer.DEPARTMENT, institution_id=line.institution_id, department=unit,
            fen=department,
        )  # fmt: skip
    if not persons:
        return
    weights = {f"{staff:019}": fen for staff, fen in people.items()}
    for part in split_pool(persons, weights).parts:
        if part.fen:
            staff = int(part.code)
            yield ClawbackShare(
                line=line, bearer=Bearer.PERSON, institution_id=line.institution_id, department=unit,
                staff_id=staff, fen=part.fen, paid_fen=people[staff],
            )  # fmt: skip


def _percents(month: Month) -> dict[str, Decimal]:
    found = parameters.in_force(BEARERS, on=month.last_day)
    assert isinstance(found, Mapping)
    return {bearer: Decimal(str(found[bearer])) for bearer in Bearer.values}


def _departments(lines: Sequence[StatementLine]) -> dict[int, Department]:
    """The department that discharged each case, where we know it; one query."""
    known = {
        (row.institution_id, row.code): row
        for row in Department.objects.filter(institution__in={line.institution_id for line in lines})
    }
    found = {}
    for line in lines:
        case = line.case
        unit = known.get((line.institution_id, case.department_code)) if case is not None else None
        if unit is not None:
            found[line.pk] = unit
    return found


def _paid(month: Month) -> dict[int, dict[int, int]]:
    """What posted pots of the month paid: department -> person -> fen; one query."""
    rows = (
        PayLine.objects.filter(
            pot__pool__month=month.first_day, pot__state="posted", pot__department__isnull=False, fen__gt=0
        )
        .filter(plan=F("pot__plan"))
        .values("pot__department", "staff")
        .annotate(fen=Sum("fen"))
        .order_by("pot__department", "staff")
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for row in rows:
        found[row["pot__department"]][row["staff"]] = row["fen"]
    return found


# The floor and what it leaves --------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of a share now, from which lines of pay, what the floor leaves to later months; fen."""

    share: ClawbackShare
    lines: tuple[tuple[int, int], ...]
    later_fen: int

    @property
    def now_fen(self) -> int:
        """What the open month bears."""
        return sum(fen for _line, fen in self.lines)


def taken(shares: Iterable[ClawbackShare], into: Month) -> list[Taken]:
    """What of each person's outstanding share the pay of an open month bears, the eldest share first.

    The net pay of the month, less what was taken of it already, stays at the floor at least.
    """
    rows = [share for share in shares if share.bearer == Bearer.PERSON]
    done, due = deducted(rows), exempting.left_of(rows)
    staff = {share.staff_id for share in rows if share.staff_id}
    room = rooms(floors([into])[into], staff, payables.of(into))
    found = []
    for share in sorted(rows, key=lambda one: one.pk):
        assert share.staff_id is not None
        if (open_fen := due[share.pk] - done.get(share.pk, 0)) > 0:
            lines = room[share.staff_id].take(open_fen)
            found.append(Taken(share, lines, open_fen - sum(fen for _line, fen in lines)))
    return found


def deducted(shares: Sequence[ClawbackShare]) -> dict[int, int]:
    """What was taken of each share so far, fen by its id; one query."""
    rows = PayDeduction.objects.filter(share__in=shares).values("share").annotate(fen=Sum("fen"))
    return {row["share"]: row["fen"] for row in rows.order_by()}


def outstanding() -> list[ClawbackShare]:
    """Persons' shares of posted claw-backs of which more is to be taken, the eldest first; three queries.

    What a decision on error tolerance exempts is not taken any more.
    """
    rows = list(
        ClawbackShare.objects.filter(bearer=Bearer.PERSON, clawback__state=Clawback.State.POSTED)
        .select_related("staff__institution", "line__institution", "clawback__statement", "department")
        .order_by("pk")
    )
    done, due = deducted(rows), exempting.left_of(rows)
    return [row for row in rows if done.get(row.pk, 0) < due[row.pk]]


def rest_of(row: Clawback) -> list[ClawbackShare]:
    """Persons' shares of a claw-back that are not taken in full yet."""
    return [share for share in outstanding() if share.clawback_id == row.pk]
