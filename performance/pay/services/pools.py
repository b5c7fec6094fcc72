"""A pool from its making to the books: proposed by one, posted when another agrees (practice.md 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.ledger import facts as books
from alliance.ledger.models import Account
from alliance.lib.canonical import digest, to_plain
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal, steps
from performance.engine.exact import half_up
from performance.engine.pay import redlines
from performance.engine.pay.redlines import Terms, Year
from performance.engine.pay.steps import Factors, Share, Step, divide
from performance.models import Line, MonthRun, PayFund, PayPool, PayPot, PayRule, PayShare, PayTotal
from performance.models.pay import RUN, PayKind
from performance.pay.refusals import PoolRefused
from performance.pay.services import computing, posting
from performance.pay.services.entering import rule_in_force
from performance.services.rights import require

KIND = "performance.pay_pool"
State = PayPool.State
BATCH, WEIGHT_PLACES = 1_000, 12


@dataclass(frozen=True, slots=True)
class Entitled:
    """An institution with its share of the pool, and the month's line it follows from, if any."""

    institution: Institution
    share: Share
    line: int | None = None


@transaction.atomic
def make_bonus(*, by: Membership, month: Month, now: datetime) -> PayPool:
    """Draft the flow of the collaboration bonus fund: the month's posted shares, down to pots.

    Nothing of the month itself changes. Raises PermissionDenied, PoolRefused (not_posted, no_rule, there,
    no_roster, no_department), PayRefused.
    """
    require(by, RUN)
    run = MonthRun.objects.select_related("settlement__pool").filter(
        month=month.first_day, state=MonthRun.State.POSTED
    ).first()  # fmt: skip
    if run is None or run.settlement is None:
        raise PoolRefused("not_posted", month=month)
    rule, source = _rule(PayKind.BONUS, month), run.settlement.pool
    lines = Line.objects.filter(settlement=run.settlement, fen__gt=0).select_related("institution")
    weight = Decimal(run.settlement.weight)
    shares = [
        Entitled(
            line.institution,
            Share(
                line.institution.code, line.fen or 0,
                (("score", line.score or Decimal(0)), ("basis_fen", Decimal(line.basis_fen))),
                line.quota or Decimal(0), line.remainder_rank or 0, line.got_extra_fen,
            ),
            line.pk,
        )
        for line in lines.order_by("institution__code")
    ]  # fmt: skip
    pool = PayPool(
        month=month.first_day, kind=PayKind.BONUS, source=source.source_kind,
        document=source.document, run=run, rule=rule, fen=sum(one.share.fen for one in shares),
    )  # fmt: skip
    return _store(pool, shares, weight, by, now)


@transaction.atomic
def make_from_fund(
    *, by: Membership, month: Month, kind: str, fund: PayFund, fen: int, name: str, document: str,
    institutions: Iterable[int], now: datetime, persons: bool = True, charges: Iterable[str] = (),
) -> PayPool:  # fmt: skip
    """Draft a pool from a source account; institutions share by score x basis of the month's run.

    Raises PermissionDenied, RedLine, PoolRefused (fen, name, no_rule, not_posted, institutions, short,
    there), PayRefused.
    """
    require(by, RUN)
    redlines.check(Terms(fund.source, document, persons, frozenset(charges)))
    if fen <= 0:
        raise PoolRefused("fen")
    if not name.strip():
        raise PoolRefused("name")
    _covered(fund, fen)
    rule, wanted = _rule(kind, month), set(institutions)
    run = MonthRun.objects.filter(month=month.first_day, state=MonthRun.State.POSTED).first()
    if run is None:
        raise PoolRefused("not_posted", month=month)
    lines = [
        line
        for line in Line.objects.filter(settlement=run.settlement_id).select_related("institution")
        if line.institution_id in wanted and line.score and line.basis_fen
    ]
    if not lines:
        raise PoolRefused("institutions", month=month)
    weights: dict[str, Factors] = {
        line.institution.code: (("score", line.score or Decimal(0)), ("basis_fen", Decimal(line.basis_fen)))
        for line in lines
    }
    step = divide("institution", name, fen, weights)
    places = {line.institution.code: line for line in lines}
    shares = [Entitled(places[share.code].institution, share, places[share.code].pk) for share in step.shares]
    last = PayPool.objects.filter(month=month.first_day, kind=kind).aggregate(last=Max("number"))["last"]
    pool = PayPool(
        month=month.first_day, kind=kind, number=(last or 0) + 1, name=name.strip(), source=fund.source,
        document=document.strip(), persons=persons, charges=sorted(charges), fund=fund, rule=rule, fen=fen,
    )  # fmt: skip
    return _store(pool, shares, _decimal(step), by, now)


def _rule(kind: str, month: Month) -> PayRule:
    rule = rule_in_force(kind, month)
    if rule is None:
        raise PoolRefused("no_rule", month=month)
    return rule


def _covered(fund: PayFund, fen: int, but: PayPool | None = None) -> None:
    """The account holds the money; what else waits for approval counts as taken, so that of two decided at
    once neither overdraws it.
    """
    account = Account.objects.filter(code=fund.account).first()
    held = books.balance(account) if account else 0
    others = PayPool.objects.filter(fund=fund, state=State.PROPOSED).exclude(pk=but.pk if but else None)
    waiting = others.aggregate(fen=Sum("fen"))["fen"] or 0
    if held - waiting < fen:
        raise PoolRefused("short", fund=fund.name, balance=yuan(held - waiting), fen=yuan(fen))


def _store(
    pool: PayPool, shares: Sequence[Entitled], weight: Decimal, by: Membership, now: datetime
) -> PayPool:
    """Compute the pots and keep everything of a draft; four statements for any number of pots."""
    found = _flowing(pool, shares)
    pool.made_by, pool.made_at, pool.digest = by, now, _digest(pool, shares, found)
    insert(pool)
    rows = {
        one.institution.pk: PayShare(
            pool=pool, institution=one.institution, line_id=one.line, weight_sum=weight,
            groups=_groups(found.get(one.institution.pk)), **_columns(one.share),
        )
        for one in shares
    }  # fmt: skip
    PayShare.objects.bulk_create(rows.values(), batch_size=BATCH)
    pots = [pot for key, made in found.items() for pot in _pots(pool, rows[key], *made)]
    PayPot.objects.bulk_create(pots, batch_size=BATCH)
    journal.write(
        by=by, verb="pay.pool_made", about=pool, kind=pool.kind, fen=pool.fen, month=str(pool.period),
        rows=len(pots),
    )  # fmt: skip
    return pool


def insert(pool: PayPool) -> None:
    """Store the head of a draft. Raises PoolRefused (there)."""
    try:
        with transaction.atomic():
            pool.save(force_insert=True)
    except IntegrityError as error:
        if "paypool_" not in str(error):
            raise
        raise PoolRefused("there", month=pool.period) from None


Made = tuple[computing.Ground, Any]


def _flowing(pool: PayPool, shares: Sequence[Entitled]) -> dict[int, Made]:
    """The flow of every institution's share by its id; nothing where the pool ends at institutions."""
    if not pool.persons:
        return {}
    read = computing.ground(pool.period)
    assert pool.rule is not None, "a pool that flows on has a rule"
    rule = pool.rule.rule()
    return {
        one.institution.pk: (read, read.flow(one.institution.pk, one.institution.code, one.share.fen, rule))
        for one in shares if one.share.fen
    }  # fmt: skip


def _digest(pool: PayPool, shares: Sequence[Entitled], found: Mapping[int, Made]) -> str:
    """Names exactly this money, its shares and its pots."""
    rule = pool.rule.digest if pool.rule else ""
    pots = {
        one.institution.code: found[one.institution.pk][1].pots
        for one in shares
        if one.institution.pk in found
    }
    return digest(to_plain([pool.kind, pool.month, pool.fen, rule, [one.share for one in shares], pots]))


def _columns(share: Share) -> dict[str, Any]:
    return {
        "fen": share.fen, "factors": to_plain(share.factors), "quota": share.quota,
        "remainder_rank": share.remainder_rank, "got_extra_fen": share.got_extra_fen,
    }  # fmt: skip


def _groups(made: Made | None) -> list[dict[str, Any]]:
    """The steps between the institution and its pots as plain data: teams first, groups of staff."""
    steps_above = [] if made is None else [step for step in made[1].steps if step.level in ("part", "group")]
    return [
        {
            "level": step.level, "fen": step.fen, "weight": str(_decimal(step)),
            "shares": [
                {"code": share.code, **_columns(share), "quota": str(share.quota)} for share in step.shares
            ],
        }
        for step in steps_above
    ]  # fmt: skip


def _decimal(step: Step) -> Decimal:
    """The sum of the weights; a product of decimals ends within twelve places."""
    return half_up(step.weight, WEIGHT_PLACES)


def _pots(pool: PayPool, share: PayShare, read: computing.Ground, found: Any) -> Iterable[PayPot]:
    steps_of = {step.level.partition(":")[2]: step for step in found.steps if ":" in step.level}
    for pot in found.pots:
        step = steps_of[pot.group]
        got = next(one for one in step.shares if one.code == pot.unit)
        team = pot.group == "team"
        yield PayPot(
            pool=pool, share=share, institution_id=share.institution_id, group=pot.group,
            department_id=None if team else read.units[pot.unit], above_fen=step.fen,
            team_id=read.teams[pot.unit] if team else None,
            weight_sum=_decimal(step),
            people=[[read.staff[person], str(points)] for person, points in pot.points], **_columns(got),
        )  # fmt: skip


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
    (no_total, over_total), Stale, and what `approvals.propose` raises.
    """
    require(by, RUN)
    step = steps.admitted("propose", by=by, row=pool, version=version)
    _still_so(pool)
    if pool.fund is not None:
        _covered(pool.fund, pool.fen)
    keep_total(pool)
    approval = approvals.propose(
        by=by, kind=KIND, about=pool, chain=chains.in_force(chains.TWO_PEOPLE, on=today, kind=KIND),
        digest=pool.digest,
    )  # fmt: skip
    steps.take(step, by=by, row=pool, verb="pay.pool_proposed", approval=approval, said={"fen": pool.fen})
    return approval


def _still_so(pool: PayPool) -> None:
    """Nobody proposes what has changed since it was drafted: roster and scores are read again."""
    rows = list(
        PayShare.objects.filter(pool=pool).select_related("institution").order_by("institution__code")
    )
    if not rows:
        return
    shares = [
        Entitled(
            row.institution,
            Share(
                row.institution.code, row.fen, tuple((name, Decimal(value)) for name, value in row.factors),
                row.quota, row.remainder_rank, row.got_extra_fen,
            ),
        )
        for row in rows
    ]  # fmt: skip
    if _digest(pool, shares, _flowing(pool, shares)) != pool.digest:
        raise PoolRefused("changed")


def keep_total(pool: PayPool) -> None:
    """Paid this year + this pool stays within the approved total of each institution (practice.md 6).

    Raises RedLine (no_total, over_total).
    """
    if pool.persons:
        redlines.within_total(pool.source, years_of(pool))


def years_of(pool: PayPool) -> list[Year]:
    """Approved, paid and now to pay of each institution of a pool, by code; three queries."""
    rows = PayShare.objects.filter(pool=pool, fen__gt=0).select_related("institution")
    approved, paid = approved_of(pool.month.year), paid_of(pool.month.year)
    return [
        Year(
            row.institution.short_name, pool.month.year, approved.get(row.institution_id),
            paid.get(row.institution_id, 0), row.fen,
        )
        for row in rows.order_by("institution__code")
    ]  # fmt: skip


def approved_of(year: int) -> dict[int, int]:
    """The approved pay total of each institution in a year, fen."""
    rows = PayTotal.objects.filter(year=year, confirmed_at__isnull=False).order_by("revision")
    return dict(rows.values_list("institution", "fen"))


def paid_of(year: int) -> dict[int, int]:
    """What each institution was given within its total by pools of the year's months, fen."""
    rows = PayShare.objects.filter(
        pool__state=State.POSTED, pool__month__year=year, pool__persons=True,
        pool__source__in=sorted(redlines.WITHIN_TOTAL),
    )  # fmt: skip
    return {
        one["institution"]: one["paid"]
        for one in rows.values("institution").annotate(paid=Sum("fen")).order_by()
    }


def decided(approval: Approval, by: Membership) -> None:
    """Agreed: the money leaves its source. Declined or withdrawn: it is a draft again."""
    pool = PayPool.objects.select_for_update().get(pk=approval.about_id)
    if approval.state != Approval.State.APPROVED:
        steps.take(steps.open_now("give_back", pool), by=by, row=pool, verb="pay.pool_given_back")
        return
    if pool.fund is not None:
        _covered(pool.fund, pool.fen, but=pool)
    keep_total(pool)
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
