"""What each fact of collaboration owes today beside what the books have of it (S2-33, S3-39, S3-51; A15).

Nothing is recalculated silently: a fact whose base became another one after its pool was posted stands here
with the difference, until two people book it (practice.md 3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from alliance.lib.period import Month
from performance.models import PayPool, PayTransfer
from performance.models.pay import BETWEEN, PayKind
from referrals import transfers
from referrals.consultations import facts as consultations

CONSULTATION, REFERRAL = "consultation", "referral"
Key = tuple[str, int]  # kind and id of an evidence
RULES = {PayKind.TRANSFER, PayKind.RETURN}


@dataclass(frozen=True, slots=True)
class Owed:
    """What one evidence owes under a kind of pool, fen; `fen` None where its base is not known."""

    kind: str
    payer: int
    payee: int
    fen: int | None
    base_fen: int
    percent: Decimal | None
    evidence: Key


def today(month: Month, kinds: Collection[str], now: datetime) -> list[Owed]:
    """What every evidence of a month owes by the facts as they are; a number of queries that does not grow.

    A referral owes 60 % of its recovery stay's fund cost or the alliance's percent of the service items of
    any other stay, never both; a consultation the answering side's part of its fee.
    """
    found: list[Owed] = []
    if RULES & set(kinds):
        found += [
            Owed(
                fact.rule, fact.payer, fact.receiver, fact.fen, fact.base_fen or 0, fact.percent,
                (REFERRAL, fact.referral),
            )
            for fact in transfers.transfer_facts(month, now=now) if fact.rule in kinds
        ]  # fmt: skip
    if PayKind.SERVICE in kinds:
        found += [
            Owed(
                PayKind.SERVICE, fee.payer, fee.payee, fee.owed_fen, fee.fee_fen, None,
                (CONSULTATION, fee.consultation),
            )
            for fee in consultations.fee_facts(month) if fee.payer != fee.payee
        ]  # fmt: skip
    return found


def to_book(month: Month, kinds: Collection[str], now: datetime) -> dict[str, list[PayTransfer]]:
    """What is to be booked of a month so that the books say what is owed: by kind rows without a pool, each
    going on from what the books have.

    An evidence that stands under another kind or month, or in a pool under way there, waits until it is given
    back there.
    """
    owed = {(one.kind, one.evidence): one for one in today(month, kinds, now)}
    held = _held(month, kinds, {key for _kind, key in owed})
    found: dict[str, list[PayTransfer]] = {}
    for kind in kinds:
        here = {key for key, row in held.items() if _stands(row, month, kind)}
        keys = here | {key for at, key in owed if at == kind}
        rows = [_next(owed.get((kind, key)), held.get(key), key, month, kind) for key in sorted(keys)]
        found[kind] = [row for of in rows for row in of]
    return found


def changed(month: Month, now: datetime) -> dict[str, list[PayTransfer]]:
    """The same of the kinds that have a pool of the month in the books: what changed since."""
    pools = PayPool.objects.filter(month=month.first_day, source="between", state="posted")
    kinds = set(pools.values_list("kind", flat=True))
    return to_book(month, [kind for kind in BETWEEN if kind in kinds], now) if kinds else {}


def _held(month: Month, kinds: Collection[str], keys: Iterable[Key]) -> Mapping[Key, PayTransfer]:
    """The last row of every evidence of these keys or of the month's pools of these kinds; one query."""
    wanted = Q(pool__month=month.first_day, pool__kind__in=kinds)
    for kind in (REFERRAL, CONSULTATION):
        ids = [pk for at, pk in keys if at == kind]
        own = PayTransfer.objects.filter(pool__month=month.first_day, pool__kind__in=kinds)
        wanted |= Q(evidence_kind=kind, evidence_id__in=ids)
        wanted |= Q(evidence_kind=kind, evidence_id__in=own.filter(evidence_kind=kind).values("evidence_id"))
    found = PayTransfer.objects.filter(wanted).exclude(_under_way(month, kinds)).select_related("pool")
    return {(row.evidence_kind, row.evidence_id): row for row in found.order_by("revision")}


def _under_way(month: Month, kinds: Collection[str]) -> Q:
    """Rows of the very pools that are being made or wait for approval: not yet what the books say."""
    return Q(pool__month=month.first_day, pool__kind__in=kinds) & ~Q(pool__state="posted")


def _stands(row: PayTransfer, month: Month, kind: str) -> bool:
    pool = row.pool
    return pool.kind == kind and pool.month == month.first_day and pool.state == PayPool.State.POSTED


def _next(
    owed: Owed | None, held: PayTransfer | None, key: Key, month: Month, kind: str
) -> Iterator[PayTransfer]:
    """The rows that lead an evidence from what the books have to what it owes."""
    if owed is not None and owed.fen is None:
        return  # its base is not known: not assessed is not 0
    revision, paid = (held.revision, held.owed_fen) if held is not None else (0, 0)
    if held is not None and not _stands(held, month, kind):
        if paid or held.pool.state != PayPool.State.POSTED:
            return
    elif held is not None and (owed is None or (held.payer_id, held.payee_id) != (owed.payer, owed.payee)):
        back = Owed(kind, held.payer_id, held.payee_id, 0, 0, held.percent, key)
        yield from _row(back, revision + 1, paid)
        revision, paid = revision + bool(paid), 0
    if owed is not None:
        yield from _row(owed, revision + 1, paid)


def _row(owed: Owed, revision: int, paid: int) -> Iterator[PayTransfer]:
    if moved := (owed.fen or 0) - paid:
        kind, pk = owed.evidence
        yield PayTransfer(
            payer_id=owed.payer, payee_id=owed.payee, fen=moved, base_fen=owed.base_fen, percent=owed.percent,
            evidence_kind=kind, evidence_id=pk, revision=revision, paid_fen=paid,
        )  # fmt: skip
