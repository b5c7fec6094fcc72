"""Pools between institutions from facts of collaboration: never to persons (S2-33, S3-39, S3-51; A15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from alliance.lib.canonical import digest, to_plain
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from performance.models import PayPool, PayTransfer
from performance.models.pay import RUN
from performance.pay.refusals import PoolRefused
from performance.pay.services import owed
from performance.pay.services.storing import insert
from performance.services.rights import require


@transaction.atomic
def make(*, by: Membership, month: Month, kind: str, now: datetime) -> PayPool:
    """Draft what institutions owe each other of a month for one kind of collaboration, evidence by evidence.

    After the month's pool is in the books a supplement holds exactly what is missing or too much in them:
    what was found later, what a corrected front page or a changed percent leaves, what is owed no longer. It
    may add up to less than zero. Raises PermissionDenied, PoolRefused (nothing, there).
    """
    require(by, RUN)
    rows = owed.to_book(month, [kind], now)[kind]
    if not rows:
        raise PoolRefused("nothing", month=month)
    earlier = PayPool.objects.filter(month=month.first_day, kind=kind)
    last = earlier.aggregate(last=Max("number"))["last"] or 0
    pool = PayPool(
        month=month.first_day, kind=kind, number=last + 1, source="between", persons=False,
        fen=sum(row.fen for row in rows), digest=_digest(rows), made_by=by, made_at=now,
    )  # fmt: skip
    insert(pool)
    for row in rows:
        row.pool = pool
    PayTransfer.objects.bulk_create(rows, batch_size=1_000)
    journal.write(
        by=by, verb="pay.pool_made", about=pool, kind=kind, fen=pool.fen, month=str(month), rows=len(rows)
    )
    return pool


def still_so(pool: PayPool, now: datetime) -> bool:
    """Whether the facts of today give the very rows of a draft."""
    return pool.digest == _digest(owed.to_book(pool.period, [pool.kind], now)[pool.kind])


def _digest(rows: Iterable[PayTransfer]) -> str:
    return digest(to_plain([
        [row.payer_id, row.payee_id, row.fen, row.base_fen, row.percent, row.evidence_kind, row.evidence_id,
         row.revision, row.paid_fen]
        for row in rows
    ]))  # fmt: skip
