"""What corrections take of persons: of the next pay above its floor, the rest is carried on (practice 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Sum

from alliance.lib.period import Month
from alliance.models import Staff
from performance.dues.facts import Amount
from performance.models import PayDeduction, PayDue, PayoutPart
from performance.payout.services import payables
from performance.payout.services.payables import Payable
from performance.payout.services.room import floors, rooms

BATCH = 1_000
Taking = dict[int, list[tuple[Month, int]]]  # of an amount: the months whose pay will bear it, and how much


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A person's amounts as the next lots will find them; what these will take of each line, fen."""

    amounts: Sequence[Amount]
    less: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a month's pay bears of an amount, from which lines, what the floor leaves to later months; fen."""

    due: PayDue
    lines: tuple[tuple[int, int], ...]
    later_fen: int


def outstanding(month: Month, staff: int | None = None) -> list[PayDue]:
    """Amounts to be taken of persons, or of one, that are not taken in full, posted by a month, the eldest
    first.
    """
    rows = PayDue.objects.to_take().filter(into__lte=month.first_day)
    rows = rows if staff is None else rows.filter(staff=staff)
    return [row for row in rows if row.done < -row.fen]


def waiting() -> tuple[int, int]:
    """What corrections in the books owe persons and no lot pays, and what they take and no pay has borne.
    Fen. It is no month's: which lots pay or bear it is open. Two queries.
    """
    live = PayoutPart.objects.filter(due=OuterRef("pk"), ended_at=None)
    owed = PayDue.objects.owed().filter(~Exists(live)).aggregate(fen=Sum("fen", default=0))["fen"]
    rows = PayDue.objects.to_take().values_list("fen", "done")
    return owed, sum(-fen - done for fen, done in rows)


def plan(month: Month, rows: Sequence[Payable], staff: int | None = None) -> list[Taken]:
    """What of each amount, of all persons or one, the month's pay (`rows`) has room for; two queries, stores
    nothing.
    """
    dues = outstanding(month, staff)
    if not dues:
        return []
    room = rooms(floors([month])[month], {due.staff_id for due in dues}, rows)
    found = []
    for due in dues:
        wanted = -due.fen - due.done  # type: ignore[attr-defined]
        lines = room[due.staff_id].take(wanted)
        found.append(Taken(due, lines, wanted - sum(fen for _line, fen in lines)))
    return found


def eldest_first(month: Month) -> tuple[dict[Month, int], int]:
    """What the lots of earlier months that are not paid in full take of what this month's next lots would
    take, where they are made first, and what is left for this month then; fen. Every taking is foreseen of
    the eldest month, as slips foresee it (`foreseen`). Seven queries a month that may bear it, stores none.
    """
    dues = outstanding(month)
    if not dues or min(due.into for due in dues) >= month.first_day:
        return {}, 0
    people, left = {due.staff_id for due in dues}, {due.pk: -due.fen - due.done for due in dues}
    lines = payables.in_books().filter(
        staff__in=people, pot__pool__month__gte=min(due.into for due in dues),
        pot__pool__month__lte=month.first_day,
    )  # fmt: skip
    taking: dict[Month, int] = {}
    for at in sorted({Month.of(day) for day in lines.values_list("pot__pool__month", flat=True)} | {month}):
        rows = [row for row in payables.of(at) if row.staff.pk in people]
        room = rooms(floors([at])[at], people, rows)
        for due in (one for one in dues if one.into <= at.first_day):
            fen = sum(part for _line, part in room[due.staff_id].take(left[due.pk]))
            left[due.pk] -= fen
            taking[at] = taking.get(at, 0) + fen
    own = taking.pop(month, 0)
    return {at: fen for at, fen in taking.items() if fen}, own


def lessened(month: Month, rows: Sequence[Payable]) -> list[Payable]:
    """What a month has to pay as its next lots will find it: less what corrections take of it."""
    less: dict[int | None, int] = defaultdict(int)
    for one in plan(month, rows):
        for line, fen in one.lines:
            less[line] += fen
    return [replace(row, deducted=row.deducted + less[row.line]) if row.line in less else row for row in rows]


def foreseen(month: Month, staff: int, amounts: Sequence[Amount]) -> Foreseen:
    """A person's amounts as the next lots will find them: what waits is of the month whose pay has room for
    it, once: the eldest unpaid month up to `month` first, each taking what those before it left; the rest
    waits on. Six queries, stores nothing.
    """
    if not any(one.waits for one in amounts):
        return Foreseen(amounts, {})
    pay = payables.by_month(staff, month)
    floor, taking, less = floors(pay), Taking(), defaultdict[int, int](int)
    left = {due.pk: (due, -due.fen - due.done) for due in PayDue.objects.to_take().filter(staff=staff)}
    for at in sorted(pay):
        room = rooms(floor[at], {staff}, pay[at])[staff]
        for pk, (due, wanted) in left.items():
            if wanted > 0 and due.into <= at.first_day:
                lines = room.take(wanted)
                fen = sum(part for _line, part in lines)
                left[pk] = (due, wanted - fen)
                taking.setdefault(pk, []).append((at, fen))
                for line, part in lines:
                    less[line] += part
    return Foreseen([part for one in amounts for part in _parted(one, taking)], less)


def _parted(one: Amount, taking: Taking) -> Iterator[Amount]:
    """What each month's pay will bear of an amount that waits, and what goes on waiting."""
    rest = one.fen
    for at, fen in taking.get(one.due or 0, []) if one.waits else []:
        if fen:
            rest += fen
            yield replace(one, at=at, fen=-fen, waits=False)
    if rest:
        yield replace(one, fen=rest)


def take(month: Month) -> int:
    """Take of the month's pay what corrections before it owe, as lots are made of it; fen taken.

    The books hold the corrections already: nothing moves there. Who makes lots at the same time waits.
    """
    people = {due.staff_id for due in outstanding(month)}
    if not people:
        return 0
    list(Staff.objects.select_for_update().filter(pk__in=people).values_list("pk").order_by("pk"))
    made = PayDeduction.objects.bulk_create(
        (
            PayDeduction(
                due=one.due, line_id=line, staff_id=one.due.staff_id, into=month.first_day, fen=fen,
                journal_id=one.due.journal_id,
            )
            for one in plan(month, payables.of(month)) for line, fen in one.lines
        ),
        batch_size=BATCH,
    )  # fmt: skip
    return sum(one.fen for one in made)
