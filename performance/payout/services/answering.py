"""The bank's answer: read, compared, differences decided, posted by a second person (practice.md 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from alliance.ledger import services as ledger
from alliance.ledger.models import Account
from alliance.lib import sheets
from alliance.lib.money import Fen
from alliance.models import Membership
from alliance.services import journal
from performance.accounts import person_account, person_code
from performance.engine.payout.answers import Matched, Sent, match
from performance.engine.payout.layouts import read_answer
from performance.models import PayoutLot, PayoutPayment, PayoutResult, PayoutRow
from performance.models.payout import CHECK, RUN
from performance.pay.services.posting import open_month
from performance.payout.refusals import PayoutRefused
from performance.payout.services import accounts, exporting, ground
from performance.services.rights import require

PAID, RETURNED = "payout.paid", "payout.returned"  # kinds of journals
PAYMENT = "payout.payment"  # of the evidence of their entries
MOST_ROWS, BATCH, TAIL = 50_000, 2_000, 4
State, Action, Kind = PayoutPayment.State, PayoutRow.Action, PayoutRow.Kind


@transaction.atomic
def take(*, by: Membership, lot: PayoutLot, name: str, source: BinaryIO, now: datetime) -> PayoutResult:
    """Read the bank's answer to a lot and compare it; what matches waits for a second person, the rest for a
    decision.

    Raises PermissionDenied, PayoutRefused (not_exported, there, long, no_template), LayoutRefused,
    SheetRefused.
    """
    require(by, RUN)
    sent = list(PayoutPayment.objects.filter(lot=lot).select_related("lot__institution", "account").defer(
        "account__number").order_by("number"))  # fmt: skip
    if not any(one.state in (State.EXPORTED, State.PAID, State.RETURNED) for one in sent):
        raise PayoutRefused("not_exported")
    layout = ground.layout_of(exporting.template_of(lot))
    with closing(sheets.read(name, source)) as found:  # type: ignore[type-var]
        rows = [(row.line, row.cells) for row in islice(found, MOST_ROWS + 1)]
    if len(rows) > MOST_ROWS:
        raise PayoutRefused("long", most=MOST_ROWS)
    said = [(one, accounts.token(one.account, by.alliance.code)) for one in read_answer(layout, rows)]
    waits, promised = _waiting(sent), _promised(sent)
    known = [
        Sent(one.pk, one.reference, one.account.number_key, one.fen, one.state, one.pk in waits,
             promised.get(one.pk, ""))
        for one in sent if one.state != State.WITHDRAWN
    ]  # fmt: skip
    return _kept(by, lot, name, _digest(source), match(layout, said, known), now)


def _digest(source: BinaryIO) -> str:
    source.seek(0)
    return hashlib.sha256(source.read()).hexdigest()


def _waiting(sent: Iterable[PayoutPayment]) -> set[int]:
    """Payments an earlier answer to which is not decided or not posted."""
    rows = PayoutRow.objects.live().filter(payment__in=[one.pk for one in sent], posted_at=None)
    return set(rows.filter(Q(action=None) | ~Q(action=Action.NOTED)).values_list("payment", flat=True))


def _promised(sent: Iterable[PayoutPayment]) -> dict[int, str]:
    """What a decided row that waits for the second person says of a payment: the last of them."""
    rows = PayoutRow.objects.ripe().filter(payment__in=[one.pk for one in sent])
    return dict(rows.order_by("result_id", "number", "pk").values_list("payment", "action"))


def _kept(
    by: Membership, lot: PayoutLot, name: str, sha256: str, found: Sequence[Matched], now: datetime
) -> PayoutResult:
    try:
        with transaction.atomic():
            result: PayoutResult = PayoutResult.objects.create(
                lot=lot, name=name.replace("\\", "/").rsplit("/", 1)[-1][:200], sha256=sha256, by=by, at=now
            )
    except IntegrityError as error:
        if "payoutresult_once" not in str(error):
            raise
        raise PayoutRefused("there") from None
    PayoutRow.objects.bulk_create([_row(result, one, by, now) for one in found], batch_size=BATCH)
    counts = {kind: sum(one.kind == kind for one in found) for kind in sorted({one.kind for one in found})}
    journal.write(
        by=by, verb="payout.answer_taken", about=result, lot=lot.code, rows=len(found), kinds=counts
    )
    return result


def _row(result: PayoutResult, one: Matched, by: Membership, now: datetime) -> PayoutRow:
    said = one.said
    decided = {"action": one.action, "decided_by": by, "decided_at": now} if one.action else {}
    return PayoutRow(
        result=result, number=one.number, kind=one.kind, payment_id=one.payment,
        fen=said.fen if said else None, expected_fen=one.expected_fen,
        tail=said.account[-TAIL:] if said else "", says=said.state[:40] if said else "",
        reason=said.reason[:120] if said else "", **decided,
    )  # fmt: skip


@transaction.atomic
def decide(*, by: Membership, row: PayoutRow, action: str, note: str, now: datetime) -> PayoutRow:
    """What was found out with the bank about a row that does not match; a second person posts it.

    Raises PermissionDenied, PayoutRefused (note, no_payment, ended, awaited, withdrawn, decided).
    """
    require(by, RUN)
    if not note.strip():
        raise PayoutRefused("note")
    if row.result.withdrawn_at is not None:
        raise PayoutRefused("withdrawn")
    if (refused := _hindered(row, Action(action))) is not None:
        raise refused
    waiting = PayoutRow.objects.filter(pk=row.pk, action=None)
    if not waiting.update(action=action, note=note.strip(), decided_by=by, decided_at=now):
        raise PayoutRefused("decided")
    journal.write(by=by, verb="payout.row_decided", about=row.result.lot, action=action)
    found: PayoutRow = PayoutRow.objects.named().get(pk=row.pk)
    return found


def possible(row: PayoutRow) -> list[PayoutRow.Action]:
    """What may still follow of a row: nothing is posted twice, nor after its payment has ended."""
    return [one for one in Action if _hindered(row, one) is None]


def _hindered(row: PayoutRow, action: PayoutRow.Action) -> PayoutRefused | None:
    """Why this does not follow of the row (no_payment, ended, awaited); None where it may."""
    if action == Action.NOTED:
        return None
    if row.payment is None:
        return PayoutRefused("no_payment")
    if row.payment.state not in FROM[action]:
        return PayoutRefused("ended")
    said = _promised([row.payment]).get(row.payment_id or 0, "")
    if said and (action, said) != (Action.RETURNED, Action.PAID):
        return PayoutRefused("awaited", said=str(Action(said).label))
    return None


FROM = {Action.PAID: (State.EXPORTED,), Action.RETURNED: (State.EXPORTED, State.PAID)}


@transaction.atomic
def settle(*, by: Membership, lot: PayoutLot, now: datetime) -> int:
    """The second person has compared the rows with the bank's statement: they are posted, answer by answer.

    Paid: from the person to paid out. Returned: the money is the person's again, and its parts go into the
    next lot once the account is confirmed anew. A payment takes the first row that says so, a repeat moves
    nothing; payments with a row this person decided wait for a colleague. Returns how many rows were posted;
    what is left: `left`. Raises PermissionDenied, PayoutRefused (nothing_ripe, same_person), and what the
    ledger raises.
    """
    require(by, CHECK)
    ripe = PayoutRow.objects.ripe().filter(result__lot=lot)
    rows = list(ripe.named().order_by("result_id", "number"))
    if not rows:
        raise PayoutRefused("nothing_ripe")
    own = {row.payment_id for row in rows if row.decided_by.user_id == by.user_id}
    rows = [row for row in rows if row.payment_id not in own]
    if not rows:
        raise PayoutRefused("same_person")
    done = 0
    for result in dict.fromkeys(row.result_id for row in rows):
        for action in (Action.PAID, Action.RETURNED):
            of = [row for row in rows if row.result_id == result and row.action == action]
            done += _post(by, lot, of, action, now)
    if not done:
        raise PayoutRefused("nothing_ripe")
    PayoutRow.objects.open().filter(
        payment__in=[row.payment_id for row in rows], kind=Kind.MISSING
    ).update(action=Action.NOTED, note=ANSWERED, decided_by=by, decided_at=now)  # fmt: skip
    return done


def left(lot: PayoutLot) -> list[PayoutRow]:
    """What of a lot's answers is not settled: rows nobody has decided, and rows that say paid of a payment
    that came back without ever having been posted as paid; in the order of the files.
    """
    paid = PayoutRow.objects.filter(payment=OuterRef("payment"), action=Action.PAID, posted_at__isnull=False)
    rows = PayoutRow.objects.live().filter(result__lot=lot, posted_at=None)
    undone = Q(action=None) | (
        Q(action=Action.PAID) & ~Q(payment__state__in=[State.EXPORTED, State.PAID])
        & ~Q(kind=Kind.REPEAT) & ~Exists(paid)
    )  # fmt: skip
    found: list[PayoutRow] = list(
        rows.filter(undone).named().defer("payment__account__number").order_by("result_id", "number", "pk")
    )
    return found


@transaction.atomic
def withdraw(*, by: Membership, result: PayoutResult, why: str, now: datetime) -> None:
    """Take an answer back of which nothing is posted: its rows stay and count no longer.

    A later file that said the same takes its place. Raises PermissionDenied, PayoutRefused (why_file,
    withdrawn, posted).
    """
    require(by, RUN)
    if not why.strip():
        raise PayoutRefused("why_file")
    locked = PayoutResult.objects.select_for_update().get(pk=result.pk)
    if locked.withdrawn_at is not None:
        raise PayoutRefused("withdrawn")
    if locked.rows.filter(posted_at__isnull=False).exists():
        raise PayoutRefused("posted")
    PayoutResult.objects.filter(pk=result.pk).update(
        withdrawn_by=by, withdrawn_at=now, withdrawn_why=why.strip()
    )
    journal.write(
        by=by, verb="payout.answer_withdrawn", about=result, lot=result.lot.code, file=result.name,
        why=why.strip(),
    )  # fmt: skip


ANSWERED = "answered by a later file"


def _post(by: Membership, lot: PayoutLot, rows: Sequence[PayoutRow], action: str, now: datetime) -> int:
    """Rows, books and payments of one answer and one action, of payments that can still end so; how many."""
    asked = [row.payment_id for row in rows if row.payment_id is not None]
    states = dict(PayoutPayment.objects.select_for_update().filter(pk__in=asked).values_list("pk", "state"))
    first = {row.payment_id: row for row in reversed(rows)}
    rows = [row for row in first.values() if states.get(row.payment_id or 0) in FROM[Action(action)]][::-1]
    if not rows:
        return 0
    pks = [row.payment_id for row in rows if row.payment_id is not None]
    sign = -1 if action == Action.PAID else 1
    booked = [row for row in rows if action == Action.PAID or states[row.payment_id or 0] == State.PAID]
    posted = _books(by, lot, booked, sign, now) if booked else None
    PayoutRow.objects.filter(pk__in=[row.pk for row in rows]).update(
        posted_by=by, posted_at=now, journal=posted.journal if posted else None
    )
    PayoutPayment.objects.filter(pk__in=pks).update(state=action)
    fen = sum(row.payment.fen for row in rows if row.payment)
    journal.write(by=by, verb=f"payout.{action}", about=lot, lot=lot.code, rows=len(rows), fen=fen)
    return len(rows)


def _books(
    by: Membership, lot: PayoutLot, rows: Sequence[PayoutRow], sign: int, now: datetime
) -> ledger.Posted:
    """Person -> paid out, or back; one pair of entries a payment, all of them summing to zero."""
    kind = PAID if sign < 0 else RETURNED
    people = {row.payment.staff_id: row.payment.staff for row in rows if row.payment}
    opened = ledger.open_accounts(by=by, accounts=[
        ledger.NewAccount(f"paid:{lot.institution.code}", lot.institution.name, Account.Kind.PAID,
                          lot.institution),
        *(person_account(one)
          for one in people.values()),
    ])  # fmt: skip
    entries, total = [], Fen(0)
    for row in rows:
        assert row.payment is not None
        fen = sign * row.payment.fen
        total += fen
        entries.append(ledger.Line(
            opened[person_code(row.payment.staff)], fen,
            {"rule": kind, "lot": lot.code, "reference": row.payment.reference},
            (PAYMENT, row.payment.pk),
        ))  # fmt: skip
    entries.append(
        ledger.Line(opened[f"paid:{lot.institution.code}"], -total, {"rule": kind, "lot": lot.code})
    )
    first = rows[0]
    assert first.decided_by is not None
    return ledger.post(
        by=first.decided_by, confirmed_by=by, month=open_month(lot.period, now, by), about_month=lot.period,
        kind=kind, key=f"{kind}:{first.result_id}:{first.pk}", entries=entries, text=lot.code,
    )  # fmt: skip
