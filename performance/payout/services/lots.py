"""Lots of a month: made of what is payable, checked by a second person, withdrawn before they leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from alliance.lib.money import Fen
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal, parameters
from performance.appeals import facts as appeals
from performance.dues import owing
from performance.life import facts as life
from performance.models import PayLine, PayoutHold, PayoutLot, PayoutPart, PayoutPayment
from performance.models.payout import CHECK, RUN
from performance.payout.refusals import PayoutRefused
from performance.payout.services import accounts, ground, payables, returned
from performance.payout.services.payables import Payable
from performance.services.rights import require

BATCH = 2_000
State = PayoutPayment.State


@dataclass(frozen=True, slots=True)
class Ready:
    """What of a month can go into lots by (institution, bank), and what cannot: without account or entity, or
    with an account that a payment came back from, and why it did.
    """

    groups: Mapping[tuple[int, str], list[Payable]]
    no_account: list[Payable]
    no_entity: list[Payable]
    came_back: list[tuple[Payable, str]]

    @property
    def waiting(self) -> list[Payable]:
        """All that cannot go into lots."""
        return [*self.no_account, *(row for row, _why in self.came_back), *self.no_entity]


def disputed(month: Month) -> Mapping[int, Fen]:
    """What of a month's lines is disputed by appeals now, fen by line."""
    return appeals.disputed(month)


def ready(month: Month, disputed: Mapping[int, Fen]) -> Ready:
    """Sort what is free of a month after holding what is disputed and taking what corrections take; nine
    queries, stores nothing.
    """
    return sort(month, standing(month, payables.of(month), disputed))


def standing(month: Month, rows: Sequence[Payable], disputed: Mapping[int, Fen]) -> list[Payable]:
    """What a month has to pay (`rows`) as its next lots find it: less what corrections take of it, held where
    an open appeal disputes it; stores nothing. Pages and lots go by it.
    """
    return _with_disputes(month, owing.lessened(month, rows), disputed)


def held_of(
    lines: Iterable[PayLine], month: Month, disputed: Mapping[int, Fen], less: Mapping[int, Fen]
) -> dict[int, Fen]:
    """What of lines of a month is held now, fen by line, by hand or by open appeals, where the next lots take
    `less` of them; two queries.
    """
    few = [replace(row, deducted=row.deducted + less.get(row.line or 0, 0)) for row in payables.of_few(lines)]
    rows = _with_disputes(month, few, disputed)
    return {row.line: row.disputed + row.by_hand for row in rows if row.line is not None}


def sort(month: Month, rows: Iterable[Payable]) -> Ready:
    """What of the rows is free, by who can be paid and who cannot."""
    free = [row for row in rows if row.free > 0]
    known, entities, back = accounts.current(), ground.entities(month), returned.said()
    found = Ready(defaultdict(list), [], [], [])
    groups: dict[tuple[int, str], list[Payable]] = defaultdict(list)
    for row in free:
        account = known.get(row.staff.pk)
        if account is None:
            found.no_account.append(row)
        elif account.pk in back:
            found.came_back.append((row, back[account.pk]))
        elif row.institution not in entities:
            found.no_entity.append(row)
        else:
            groups[row.institution, account.bank].append(row)
    return replace(found, groups=groups)


def _with_disputes(month: Month, rows: Iterable[Payable], disputed: Mapping[int, Fen]) -> list[Payable]:
    undisputed_paid = bool(parameters.in_force("payout.pay_undisputed", on=month.last_day))
    return [
        replace(row, disputed=payables.held_for(disputed, row, undisputed_paid=undisputed_paid))
        for row in rows
    ]


@transaction.atomic
def make(*, by: Membership, month: Month, disputed: Mapping[int, Fen], now: datetime) -> list[PayoutLot]:
    """Make one lot per institution and bank of everything payable; `disputed` holds fen of lines by their id.

    What corrections owe is among it, what they take is taken of it first. A returned payment's parts are free
    again and go into the next lot once its account is confirmed anew, or another is. Raises
    PermissionDenied, PayoutRefused (published, nothing, lacking, busy).
    """
    require(by, RUN)
    if not life.payable(month, now):
        raise PayoutRefused("published", month=month)
    try:
        with transaction.atomic():
            owing.take(month)
            rows = payables.of(month)
            wanted = _with_disputes(month, rows, disputed)
            _hold_disputed(by, rows, wanted, now)
            found = sort(month, wanted)
            if not found.groups:
                waiting = len(found.waiting)
                raise PayoutRefused("lacking" if waiting else "nothing", month=month, n=waiting)
            made = _lots(by, month, found, now)
    except IntegrityError as error:
        if not any(name in str(error) for name in ("payoutlot_once", "payout_line_once", "payoutpart_once",
                                                   "payoutpart_due_once", "payouthold_once")):  # fmt: skip
            raise
        raise PayoutRefused("busy") from None
    for lot in made:
        journal.write(by=by, verb="payout.lot_made", about=lot, lot=lot.code, rows=len(lot.payments.all()))
    return made


def _hold_disputed(
    by: Membership, before: Iterable[Payable], wanted: Iterable[Payable], now: datetime
) -> None:
    """Release what is disputed no longer, hold what is now; two statements for any number of lines."""
    changed = [(old, new) for old, new in zip(before, wanted, strict=True) if old.disputed != new.disputed]
    ended = [old.line for old, _new in changed if old.disputed]
    PayoutHold.objects.filter(
        line__in=ended, kind=PayoutHold.Kind.DISPUTED, ended_at=None
    ).update(ended_at=now, ended_by=by)  # fmt: skip
    fresh = [
        PayoutHold(
            line_id=new.line, kind=PayoutHold.Kind.DISPUTED, fen=new.disputed, made_by=by, made_at=now
        )
        for _old, new in changed if new.disputed and new.line is not None
    ]  # fmt: skip
    PayoutHold.objects.bulk_create(fresh, batch_size=BATCH)


def _lots(by: Membership, month: Month, found: Ready, now: datetime) -> list[PayoutLot]:
    """Lots, payments, parts: three statements and one a lot."""
    entities, known = ground.entities(month), accounts.current()
    last = {
        (row["institution"], row["bank"]): row["last"]
        for row in PayoutLot.objects.filter(month=month.first_day).values("institution", "bank")
        .annotate(last=Max("number")).order_by()
    }  # fmt: skip
    lots = [
        PayoutLot(
            month=month.first_day, institution_id=place, bank=bank, number=last.get((place, bank), 0) + 1,
            entity=entities[place], made_by=by, made_at=now,
        )
        for place, bank in sorted(found.groups)
    ]  # fmt: skip
    PayoutLot.objects.bulk_create(lots, batch_size=BATCH)
    payments: dict[tuple[int, int], PayoutPayment] = {}
    for lot in lots:
        people: dict[int, list[Payable]] = defaultdict(list)
        for row in found.groups[lot.institution_id, lot.bank]:
            people[row.staff.pk].append(row)
        for number, (staff, rows) in enumerate(people.items(), start=1):
            payments[lot.pk, staff] = PayoutPayment(
                lot=lot, staff_id=staff, account=known[staff], number=number,
                fen=sum(row.free for row in rows),
            )  # fmt: skip
    PayoutPayment.objects.bulk_create(payments.values(), batch_size=BATCH)
    PayoutPart.objects.bulk_create(
        [
            PayoutPart(
                payment=payments[lot.pk, row.staff.pk], line_id=row.line, due_id=row.due, part=row.part,
                fen=row.free,
            )
            for lot in lots for row in found.groups[lot.institution_id, lot.bank]
        ],
        batch_size=BATCH,
    )  # fmt: skip
    return list(PayoutLot.objects.named().filter(pk__in=[lot.pk for lot in lots]).order_by("pk"))


@transaction.atomic
def check(*, by: Membership, lot: PayoutLot, now: datetime) -> PayoutLot:
    """复核: a second person has compared the lot with the signed list; only then it may leave.

    Raises PermissionDenied, PayoutRefused (same_person, checked, left).
    """
    require(by, CHECK)
    if lot.made_by.user_id == by.user_id:
        raise PayoutRefused("same_person")
    if not lot.payments.filter(state=State.MADE).exists():
        raise PayoutRefused("left")
    if not PayoutLot.objects.filter(pk=lot.pk, checked_by=None).update(checked_by=by, checked_at=now):
        raise PayoutRefused("checked")
    journal.write(by=by, verb="payout.lot_checked", about=lot, lot=lot.code)
    found: PayoutLot = PayoutLot.objects.named().get(pk=lot.pk)
    return found


@transaction.atomic
def withdraw(*, by: Membership, lot: PayoutLot) -> None:
    """Throw a lot away before it leaves: its parts are free for another. Raises PermissionDenied,
    PayoutRefused (left).
    """
    require(by, RUN)
    moved = PayoutPayment.objects.filter(lot=lot, state=State.MADE).update(state=State.WITHDRAWN)
    if not moved:
        raise PayoutRefused("left")
    journal.write(by=by, verb="payout.lot_withdrawn", about=lot, lot=lot.code, rows=moved)


@transaction.atomic
def hold(*, by: Membership, line: int, why: str, now: datetime) -> PayoutHold:
    """Hold what of a line is neither paid nor held, with a reason.

    Raises PermissionDenied, PayoutRefused (why, covered).
    """
    require(by, RUN)
    if not why.strip():
        raise PayoutRefused("why")
    row = payables.one(line)
    if row is None or row.free <= 0 or row.by_hand:
        raise PayoutRefused("covered")
    found: PayoutHold = PayoutHold.objects.create(
        line_id=line, kind=PayoutHold.Kind.BY_HAND, fen=row.free, why=why.strip(), made_by=by, made_at=now
    )
    journal.write(by=by, verb="payout.held", about=found, fen=found.fen)
    return found


@transaction.atomic
def release(*, by: Membership, row: PayoutHold, now: datetime) -> None:
    """Let held money go into the next lot. Raises PermissionDenied, PayoutRefused (disputed, released)."""
    require(by, RUN)
    if row.kind == PayoutHold.Kind.DISPUTED:
        raise PayoutRefused("disputed")
    if not PayoutHold.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now, ended_by=by):
        raise PayoutRefused("released")
    journal.write(by=by, verb="payout.released", about=row, fen=row.fen)
