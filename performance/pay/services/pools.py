"""A drafted pool to the books: proposed by one, posted when another agrees (practice.md 4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.models import Membership
from alliance.services import journal, steps
from performance.deductions.services import taking
from performance.dues import flowing
from performance.engine.pay.steps import Share
from performance.models import PayPool, PayShare
from performance.models.pay import RUN, PaySource
from performance.pay.refusals import PoolRefused
from performance.pay.services import between, computing, limits, posting, scored, storing
from performance.services.rights import require

KIND = "performance.pay_pool"
State = PayPool.State


@transaction.atomic
def discard(*, by: Membership, pool: PayPool) -> None:
    """Throw a draft away with its parts. Raises PermissionDenied, PoolRefused (draft)."""
    require(by, RUN)
    held = PayPool.objects.select_for_update().get(pk=pool.pk)
    if held.state != State.DRAFT:
        raise PoolRefused("draft")
    journal.write(by=by, verb="pay.pool_discarded", about=held, kind=held.kind, month=str(held.period))
    held.delete()


@transaction.atomic
def propose(*, by: Membership, pool: PayPool, today: date, version: int | None = None) -> Approval:
    """Put a draft before a second person. Raises PermissionDenied, PoolRefused (changed, short), RedLine
    (no_total, over_total), PayRefused (team_share), Stale, and what `approvals.propose` raises.
    """
    require(by, RUN)
    step = steps.admitted("propose", by=by, row=pool, version=version)
    _still_so(pool)
    if pool.fund is not None:
        limits.covered(pool.fund, pool.fen)
    limits.keep_team_least(pool)
    limits.keep_total(pool)
    approval = approvals.propose(
        by=by, kind=KIND, about=pool, chain=chains.in_force(chains.TWO_PEOPLE, on=today, kind=KIND),
        digest=pool.digest,
    )  # fmt: skip
    steps.take(step, by=by, row=pool, verb="pay.pool_proposed", approval=approval, said={"fen": pool.fen})
    return approval


def _still_so(pool: PayPool) -> None:
    """Nobody proposes what has changed since it was drafted: what is owed is taken again; roster and scores
    are read again, and where they are not the same rows, the pots are computed again.
    """
    if pool.source == PaySource.BETWEEN:
        if not between.still_so(pool, timezone.now()):
            raise PoolRefused("changed")
        return
    takes = taking.stored(pool)
    if taking.said(takes) != taking.said(taking.planned(pool)):
        raise PoolRefused("changed")
    scored.check(pool)
    read = computing.ground(pool.period) if pool.persons else None
    if read is not None and read.mark == pool.read:
        return
    rows = list(
        PayShare.objects.filter(pool=pool).select_related("institution").order_by("institution__code")
    )
    if not rows:
        return
    shares = [
        storing.Entitled(
            row.institution,
            Share(
                row.institution.code, row.fen, tuple((name, Decimal(value)) for name, value in row.factors),
                row.quota, row.remainder_rank, row.got_extra_fen,
            ),
        )
        for row in rows
    ]  # fmt: skip
    found = storing.flowing(pool, shares, read, takes)
    if storing.digest_of(pool, shares, found, read, takes) != pool.digest:
        raise PoolRefused("changed")


def decided(approval: Approval, by: Membership) -> None:
    """Agreed: the money leaves its source. Declined or withdrawn: it is a draft again."""
    pool = PayPool.objects.select_for_update().get(pk=approval.about_id)
    if approval.state != Approval.State.APPROVED:
        steps.take(steps.open_now("give_back", pool), by=by, row=pool, verb="pay.pool_given_back")
        return
    flowing.lock(pool.period)
    scored.check(pool)
    if pool.fund is not None:
        limits.covered(pool.fund, pool.fen, but=pool)
    limits.keep_team_least(pool)
    limits.keep_total(pool)
    posted = posting.pool(pool, by=approval.proposed_by, second=second_person(approval), now=timezone.now())
    steps.take(
        steps.open_now("post", pool), by=by, row=pool, verb="pay.pool_posted", journal=posted.journal,
        said={"fen": pool.fen, "journal": posted.journal.pk},
    )  # fmt: skip


registry.on_decided(KIND, decided)


def digest_of(approval: Approval) -> str:
    """The digest of the pool an approval is about; what a pool holds never changes."""
    found: str = PayPool.objects.values_list("digest", flat=True).get(pk=approval.about_id)
    return found
