"""Paying out of any institution, small: one yuan of one person in one lot."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from alliance.ledger.models import LedgerJournal
from alliance.lib.canonical import to_plain
from alliance.models import Institution, Membership, Staff
from alliance.services import files
from performance.engine.payout.layouts import Layout
from performance.models import (
    PayLine,
    PayoutAccount,
    PayoutEntity,
    PayoutHold,
    PayoutLot,
    PayoutPart,
    PayoutPayment,
    PayoutResult,
    PayoutRow,
    PayoutSettled,
    PayoutSheet,
    PayoutTemplate,
    PayoutVoucher,
    PayPool,
    PayPot,
    PayTransfer,
)
from tests.performance.pay_scene import NOW
from tests.performance.scene import OCTOBER

LAYOUT = Layout(
    "csv", (("账号", "account"), ("户名", "holder"), ("金额", "amount")),
    answer=(("account", "账号"), ("amount", "金额"), ("state", "结果")), paid=("成功",), returned=("退票",),
)  # fmt: skip


def entered(by: Membership, second: Membership | None) -> dict[str, Any]:
    """Who entered it, and who confirmed it."""
    confirmed = {"confirmed_by": second, "confirmed_at": NOW} if second else {}
    return {"entered_by": by, "entered_at": NOW, **confirmed}


def numbered(mark: str, serial: int) -> dict[str, Any]:
    return {
        "bank": "icbc",
        "holder": mark,
        "number": f"6222{serial:012d}",
        "number_key": mark,
        "tail": "0000",
    }


def posted(pot: PayPot, by: Membership, journal: LedgerJournal) -> PayLine:
    """The pot's plan in the books: its one line."""
    until = NOW + timedelta(days=4)
    rows = PayPot.objects.filter(pk=pot.pk)
    rows.update(state="submitted", submitted_by=by, submitted_at=until)
    rows.update(state="posted", journal=journal)
    return PayLine.objects.get(pot=pot)  # type: ignore[no-any-return]


def template(by: Membership, second: Membership | None, serial: int, mark: str) -> PayoutTemplate:
    return PayoutTemplate.objects.create(  # type: ignore[no-any-return]
        kind="bank", bank="icbc", revision=serial, name=mark, body=to_plain(LAYOUT), **entered(by, second)
    )


def account(by: Membership, second: Membership | None, staff: Staff, mark: str, revision: int) -> Any:
    return PayoutAccount.objects.create(
        staff=staff, revision=revision, **numbered(mark, staff.pk), **entered(by, second)
    )


def sheet(by: Membership, staff: Staff, mark: str) -> PayoutSheet:
    """A sheet with one account that waits."""
    made: PayoutSheet = PayoutSheet.objects.create(name=mark, sha256="s" * 64, rows=1, same=0, by=by, at=NOW)
    PayoutAccount.objects.create(
        staff=staff, revision=9, sheet=made, **numbered(mark, staff.pk), **entered(by, None)
    )
    return made


def entity(by: Membership, second: Membership | None, place: Institution, mark: str) -> PayoutEntity:
    return PayoutEntity.objects.create(  # type: ignore[no-any-return]
        institution=place, revision=1, credit_code="12330000MB0000001X", from_date=OCTOBER.first_day,
        **numbered(mark, place.pk), **entered(by, second),
    )  # fmt: skip


def lot(
    by: Membership, second: Membership, line: PayLine, own: PayoutAccount, payer: PayoutEntity
) -> PayoutLot:
    """With the bank: one payment of the whole line."""
    made: PayoutLot = PayoutLot.objects.create(
        month=line.pot.pool.month, institution=payer.institution, bank="icbc", number=1, entity=payer,
        made_by=by, made_at=NOW + timedelta(days=7),
    )  # fmt: skip
    payment = PayoutPayment.objects.create(lot=made, staff=line.staff, account=own, number=1, fen=line.fen)
    PayoutPart.objects.create(payment=payment, line=line, part=1, fen=line.fen)
    PayoutLot.objects.filter(pk=made.pk).update(checked_by=second, checked_at=NOW)
    PayoutPayment.objects.filter(pk=payment.pk).update(state="exported")
    return made


def row(by: Membership, of: PayoutLot, mark: str) -> PayoutRow:
    """A row whose amount differs."""
    result = PayoutResult.objects.create(lot=of, name=mark, sha256=f"{of.pk:064d}", by=by, at=NOW)
    return PayoutRow.objects.create(  # type: ignore[no-any-return]
        result=result, number=1, kind="amount", payment=of.payments.get(), fen=99, expected_fen=100,
        says=mark, tail="0000",
    )  # fmt: skip


def paper(by: Membership, of: PayoutLot, mark: str) -> PayoutVoucher:
    kept = files.store(
        by=by, name="x.pdf", content=[b"%PDF-1.4"], purpose="evidence", content_type="application/pdf",
        limit=99, institution=None,
    )  # fmt: skip
    return PayoutVoucher.objects.create(  # type: ignore[no-any-return]
        lot=of, kind="receipt", number=mark, file=kept, by=by, at=NOW
    )


def hold(by: Membership, line: PayLine, mark: str) -> PayoutHold:
    return PayoutHold.objects.create(  # type: ignore[no-any-return]
        line=line, kind="by_hand", fen=line.fen, why=mark, made_by=by, made_at=NOW
    )


def transfer(
    by: Membership, approval: Any, journal: LedgerJournal, payer: Institution, payee: Institution, serial: int
) -> PayTransfer:
    """Owed between two institutions in a month of its own, in the books."""
    pool = PayPool.objects.create(
        month=date(2025, serial % 12 + 1, 1), kind="service", source="between", persons=False, fen=100,
        digest="d" * 64, made_by=by, made_at=NOW,
    )  # fmt: skip
    made = PayTransfer.objects.create(
        pool=pool, payer=payer, payee=payee, fen=100, base_fen=100, evidence_kind="x", evidence_id=serial
    )
    PayPool.objects.filter(pk=pool.pk).update(state="proposed", approval=approval)
    PayPool.objects.filter(pk=pool.pk).update(state="posted", journal=journal)
    return made  # type: ignore[no-any-return]


def settled(by: Membership, of: PayTransfer, mark: str) -> PayoutSettled:
    return PayoutSettled.objects.create(  # type: ignore[no-any-return]
        month=of.pool.month, payer=of.payer, payee=of.payee, fen=100, day=NOW.date(), document=mark,
        **entered(by, None),
    )  # fmt: skip
