"""Papers and books of paying: vouchers by the account map, receipts, what institutions pay each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext

from alliance.ledger import services as ledger
from alliance.ledger.models import Account
from alliance.lib.money import Fen, yuan
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal
from alliance.services.files import Upload
from performance.declared.services.proving import keep
from performance.models import PayoutLot, PayoutRow, PayoutSettled, PayoutVoucher, PayPool, PayTransfer
from performance.models.payout import CHECK, RUN
from performance.pay.services.posting import open_month
from performance.payout.refusals import AccountRefused, PayoutRefused
from performance.payout.services import ground
from performance.services.rights import require

BETWEEN = "payout.between"  # kind of the journal, and of the evidence of its entries


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """A line of a voucher: whose books, day, text, subject, debit and credit (fen), number of the paper."""

    institution: str
    day: date
    text: str
    subject: str
    name: str
    debit: Fen
    credit: Fen
    paper: str


@dataclass(frozen=True, slots=True)
class Owed:
    """What one institution owes another of a month: by kind, what is paid of it (confirmed), facts. Fen."""

    payer: Institution
    payee: Institution
    by_kind: tuple[tuple[str, Fen], ...]
    paid: Fen
    facts: int

    @property
    def fen(self) -> Fen:
        """All of it."""
        return sum(fen for _kind, fen in self.by_kind)

    @property
    def open(self) -> Fen:
        """What is not paid yet."""
        return self.fen - self.paid


@transaction.atomic
def attach(
    *, by: Membership, lot: PayoutLot, kind: str, number: str, uploads: Sequence[Upload], now: datetime
) -> list[PayoutVoucher]:
    """Add papers to a lot, sealed. Raises PermissionDenied, PayoutRefused (file), DeclaredRefused
    (file_large, files).
    """
    require(by, RUN)
    if not uploads:
        raise PayoutRefused("file")
    kept = keep(by=by, place=None, uploads=uploads)
    made = PayoutVoucher.objects.bulk_create(
        PayoutVoucher(lot=lot, kind=kind, number=number.strip(), file=file, by=by, at=now) for file in kept
    )
    journal.write(by=by, verb="payout.paper_added", about=lot, lot=lot.code, files=len(made))
    return made


def of_month(month: Month) -> list[VoucherLine]:
    """The vouchers of a month for the institutions' books, by the account map of the day of payment.

    A lot is one voucher: payable pay against the bank, what corrections of each month owed on lines of its
    own; what came back the other way; a payment between institutions is one at each side. Raises
    PayoutRefused (no_map).
    """
    return [*_of_lots(month), *_of_settled(month)]


def _of_lots(month: Month) -> Iterator[VoucherLine]:
    sums: dict[tuple[int, str], Fen] = defaultdict(Fen)
    papers = dict(
        PayoutVoucher.objects.filter(lot__month=month.first_day).exclude(number="")
        .order_by("pk").values_list("lot", "number")
    )  # fmt: skip
    rows = PayoutRow.objects.filter(result__lot__month=month.first_day, journal__isnull=False)
    days: dict[tuple[int, str], date] = {}
    for row in rows.select_related("result", "payment"):  # a row without a journal never left the books
        assert row.payment is not None and row.posted_at is not None
        key = row.result.lot_id, str(row.action)
        sums[key] += row.payment.fen
        days[key] = max(days.get(key, date.min), timezone.localdate(row.posted_at))
    lots = {lot.pk: lot for lot in PayoutLot.objects.named().filter(pk__in=[pk for pk, _flow in sums])}
    corrected = _corrected(rows)
    for (pk, flow), fen in sorted(sums.items(), key=lambda one: (lots[one[0][0]].code, one[0][1])):
        lot, day, of = lots[pk], days[pk, flow], corrected[pk, flow]
        if own := fen - sum(of.values()):
            yield from _pair(lot.institution, flow, own, day, lot.code, papers.get(pk, ""), month)
        for about, part in sorted(of.items()):
            text = gettext("%(lot)s corrections of %(month)s") % {"lot": lot.code, "month": Month.of(about)}
            yield from _pair(lot.institution, flow, part, day, text, papers.get(pk, ""), month)


def _corrected(rows: QuerySet[PayoutRow]) -> Mapping[tuple[int, str], dict[date, Fen]]:
    """What of posted payments corrections owed: (lot, flow) -> month it belongs to -> fen; one query."""
    sums = rows.filter(payment__parts__due__isnull=False).values(
        "result__lot", "action", "payment__parts__due__month"
    ).annotate(fen=Sum("payment__parts__fen")).order_by()  # fmt: skip
    found: dict[tuple[int, str], dict[date, Fen]] = defaultdict(dict)
    for row in sums:
        found[row["result__lot"], str(row["action"])][row["payment__parts__due__month"]] = row["fen"]
    return found


def _of_settled(month: Month) -> Iterator[VoucherLine]:
    rows = PayoutSettled.objects.filter(month=month.first_day, confirmed_at__isnull=False)
    for row in rows.select_related("payer", "payee"):
        text = f"{row.payer.short_name} → {row.payee.short_name} {month}"
        for place, flow in ((row.payer, "between_pay"), (row.payee, "between_receive")):
            yield from _pair(place, flow, row.fen, row.day, text, row.document, month)


def _pair(
    place: Institution, flow: str, fen: Fen, day: date, text: str, paper: str, month: Month
) -> Iterator[VoucherLine]:
    table = ground.map_in_force(day)
    if table is None:
        raise PayoutRefused("no_map", month=month)
    for side in ("debit", "credit"):
        subject, name = table.body[flow][side]
        amounts = (fen, Fen(0)) if side == "debit" else (Fen(0), fen)
        yield VoucherLine(place.name, day, text, subject, name, *amounts, paper)


def owed(month: Month, *, seen_by: Membership | None = None) -> list[Owed]:
    """What institutions owe each other of a month by pools in the books, and what is paid; two queries."""
    rows = PayTransfer.objects.filter(pool__month=month.first_day, pool__state="posted")
    kinds: dict[tuple[int, int], dict[str, Fen]] = defaultdict(lambda: defaultdict(Fen))
    counted: dict[tuple[int, int], int] = defaultdict(int)
    for payer, payee, kind, fen in rows.values_list("payer", "payee", "pool__kind", "fen"):
        kinds[payer, payee][kind] += fen
        counted[payer, payee] += 1
    paid: dict[tuple[int, int], Fen] = {
        (row["payer"], row["payee"]): row["paid"]
        for row in PayoutSettled.objects.filter(month=month.first_day, confirmed_at__isnull=False)
        .values("payer", "payee").annotate(paid=Sum("fen")).order_by()
    }  # fmt: skip
    places = Institution.objects.in_bulk({pk for pair in kinds for pk in pair})
    here = None if seen_by is None else seen_by.institution_id
    found = [
        Owed(places[payer], places[payee], tuple(sorted(of.items())), paid.get((payer, payee), 0),
             counted[payer, payee])
        for (payer, payee), of in kinds.items() if here is None or here in (payer, payee)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.payer.code, one.payee.code))


@transaction.atomic
def enter_settled(
    *, by: Membership, month: Month, payer: Institution, payee: Institution, fen: Fen, day: date,
    document: str, now: datetime,
) -> PayoutSettled:  # fmt: skip
    """Enter what one institution has paid another of a month; it counts when a second person has confirmed.

    Raises PermissionDenied, PayoutRefused (fen, document, too_much, settled_there).
    """
    require(by, RUN)
    if fen <= 0:
        raise PayoutRefused("fen")
    if not document.strip():
        raise PayoutRefused("document")
    _fits(month, payer, payee, fen)
    try:
        with transaction.atomic():
            row: PayoutSettled = PayoutSettled.objects.create(
                month=month.first_day, payer=payer, payee=payee, fen=fen, day=day, document=document.strip(),
                entered_by=by, entered_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "payoutsettled_once" not in str(error):
            raise
        raise PayoutRefused("settled_there") from None
    journal.write(by=by, verb="payout.between_entered", about=row, fen=fen)
    return row


def _fits(month: Month, payer: Institution, payee: Institution, fen: Fen) -> None:
    pairs = {(one.payer.pk, one.payee.pk): one.open for one in owed(month)}
    left = pairs.get((payer.pk, payee.pk), 0)
    if fen > left:
        raise PayoutRefused(
            "too_much", payer=payer.short_name, payee=payee.short_name, month=month, open=yuan(left),
            fen=yuan(fen),
        )  # fmt: skip


@transaction.atomic
def confirm_settled(*, by: Membership, row: PayoutSettled, now: datetime) -> PayoutSettled:
    """A second person has compared it with the bank's paper: the clearing accounts meet again in the books.

    Raises PermissionDenied, AccountRefused (same_person, confirmed), PayoutRefused (too_much), and what the
    ledger raises.
    """
    require(by, CHECK)
    if row.entered_by.user_id == by.user_id:
        raise AccountRefused("same_person")
    held = PayoutSettled.objects.select_for_update().get(pk=row.pk)
    if held.confirmed_at is not None:
        raise AccountRefused("confirmed")
    month = Month.of(row.month)
    # One payment of a month at a time: of two at once the second sees what the first has paid.
    list(PayPool.objects.select_for_update().filter(month=row.month, source="between"))
    _fits(month, row.payer, row.payee, row.fen)
    accounts: dict[str, Any] = ledger.open_accounts(by=by, accounts=[
        ledger.NewAccount(f"clearing:{one.code}", one.name, Account.Kind.CLEARING, institution=one)
        for one in (row.payer, row.payee)
    ])  # fmt: skip
    reason, evidence = {"rule": BETWEEN, "document": row.document}, (BETWEEN, row.pk)
    posted = ledger.post(
        by=row.entered_by, confirmed_by=by, month=open_month(month, now, by), about_month=month,
        kind=BETWEEN, key=f"{BETWEEN}:{row.pk}", text=row.document,
        entries=[
            ledger.Line(accounts[f"clearing:{row.payer.code}"], row.fen, reason, evidence),
            ledger.Line(accounts[f"clearing:{row.payee.code}"], -row.fen, reason, evidence),
        ],
    )  # fmt: skip
    PayoutSettled.objects.filter(pk=row.pk).update(confirmed_by=by, confirmed_at=now, journal=posted.journal)
    journal.write(by=by, verb="payout.between_paid", about=row, fen=row.fen)
    found: PayoutSettled = PayoutSettled.objects.get(pk=row.pk)
    return found
