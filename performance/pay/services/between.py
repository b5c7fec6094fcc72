"""Pools between institutions from facts of collaboration: never to persons (S2-33, S3-39, S3-51; A15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from alliance.lib.canonical import digest, to_plain
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal
from performance.models import PayPool, PayTransfer
from performance.models.pay import RUN, PayKind
from performance.pay.refusals import PoolRefused
from performance.pay.services.storing import insert
from performance.services.rights import require
from referrals import transfers
from referrals.consultations import facts as consultations

CONSULTATION, REFERRAL = "consultation", "referral"


@transaction.atomic
def make(*, by: Membership, month: Month, kind: str, now: datetime) -> PayPool:
    """Draft what institutions owe each other of a month for one kind of collaboration.

    A referral owes the transfer or the fee return, never both: the database knows it once. What is found
    after the month's pool is in the books, when a front page was corrected, goes into a supplement pool: each
    fact that no pool of its kind has paid. Raises PermissionDenied, PoolRefused (nothing, there).
    """
    require(by, RUN)
    found = _service(month) if kind == PayKind.SERVICE else _down(month, kind, now)
    earlier = PayPool.objects.filter(month=month.first_day, kind=kind)
    paid = set(
        PayTransfer.objects.filter(pool__in=earlier.filter(state="posted").values("pk")).values_list(
            "evidence_kind", "evidence_id"
        )
    )
    rows = [row for row in found if (row.evidence_kind, row.evidence_id) not in paid]
    if not rows:
        raise PoolRefused("nothing", month=month)
    last = earlier.aggregate(last=Max("number"))["last"] or 0
    pool = PayPool(
        month=month.first_day, kind=kind, number=last + 1, source="between", persons=False,
        fen=sum(row.fen for row in rows), made_by=by, made_at=now,
        digest=digest(to_plain([_plain(one) for one in rows])),
    )  # fmt: skip
    insert(pool)
    for row in rows:
        row.pool = pool
    PayTransfer.objects.bulk_create(rows, batch_size=1_000)
    journal.write(
        by=by, verb="pay.pool_made", about=pool, kind=kind, fen=pool.fen, month=str(month), rows=len(rows)
    )
    return pool


def _down(month: Month, kind: str, now: datetime) -> Iterable[PayTransfer]:
    """60 % of the recovery stay's fund cost, or 10-15 % of the service items of any other.

    A stay whose front page does not say the base is not assessed; it stands on the page of transfers.
    """
    for fact in transfers.transfer_facts(month, now=now):
        if fact.rule == kind and fact.fen and fact.base_fen:
            yield PayTransfer(
                payer_id=fact.payer, payee_id=fact.receiver, fen=fact.fen, base_fen=fact.base_fen,
                percent=fact.percent, evidence_kind=REFERRAL, evidence_id=fact.referral,
            )  # fmt: skip


def _service(month: Month) -> Iterable[PayTransfer]:
    """The answering side's share of the fees the asking side collected; a fee is of one month."""
    places = dict(Institution.objects.values_list("code", "pk"))
    for fact in consultations.fee_transfers(month):
        if fact.owed_fen > 0 and fact.payer != fact.payee:
            yield PayTransfer(
                payer_id=places[fact.payer], payee_id=places[fact.payee], fen=fact.owed_fen,
                base_fen=fact.fee_fen, evidence_kind=CONSULTATION, evidence_id=min(fact.ids),
            )  # fmt: skip


def _plain(row: PayTransfer) -> list[object]:
    return [row.payer_id, row.payee_id, row.fen, row.base_fen, row.evidence_kind, row.evidence_id]
