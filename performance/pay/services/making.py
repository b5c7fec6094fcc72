"""Drafting a pool: of the month's shares, from a source account, of an entitlement sheet (practice.md 4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from performance.decided import numbers
from performance.engine.pay import redlines
from performance.engine.pay.entitled_rules import KINDS
from performance.engine.pay.redlines import Terms
from performance.engine.pay.steps import Factors, Share, divide
from performance.entitlement.refusals import SheetRefused
from performance.entitlement.services import feeding, sheets
from performance.models import (
    Entitlement,
    EntitlementKind,
    Line,
    MonthRun,
    PayFund,
    PayPool,
    PayRule,
)
from performance.models.entitlement_kinds import POOL
from performance.models.pay import RUN, PayKind
from performance.pay.refusals import PoolRefused
from performance.pay.services import limits, scored, storing
from performance.pay.services.entering import rule_in_force
from performance.services.rights import require


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
        storing.Entitled(
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
        month=month.first_day, kind=PayKind.BONUS, number=_next(PayKind.BONUS, month),
        source=source.source_kind,
        document=source.document, run=run, rule=rule, fen=sum(one.share.fen for one in shares),
    )  # fmt: skip
    return storing.keep(pool, shares, weight, by, now)


@transaction.atomic
def make_from_fund(
    *, by: Membership, month: Month, kind: str, fund: PayFund, fen: int, name: str, document: str,
    institutions: Iterable[int], now: datetime, persons: bool = True, charges: Iterable[str] = (),
) -> PayPool:  # fmt: skip
    """Draft a pool from a source account; institutions share by score x basis of the month's run.

    Raises PermissionDenied, RedLine, PoolRefused (fen, document, name, no_rule, not_posted, institutions,
    short, there), PayRefused.
    """
    require(by, RUN)
    redlines.check(Terms(fund.source, document, persons, frozenset(charges)))
    number = numbers.of_decision(document, PoolRefused) if document.strip() else ""
    if fen <= 0:
        raise PoolRefused("fen")
    if not name.strip():
        raise PoolRefused("name")
    limits.covered(fund, fen)
    rule, (lines, weights) = _rule(kind, month), scored.lines(month, set(institutions))
    step = divide("institution", name, fen, weights)
    places = {line.institution.code: line for line in lines}
    shares = [
        storing.Entitled(places[share.code].institution, share, places[share.code].pk)
        for share in step.shares
    ]
    pool = PayPool(
        month=month.first_day, kind=kind, number=_next(kind, month), name=name.strip(), source=fund.source,
        document=number, persons=persons, charges=sorted(charges), fund=fund, rule=rule, fen=fen,
    )  # fmt: skip
    return storing.keep(pool, shares, storing.decimal(step), by, now)


@transaction.atomic
def make_from_entitlement(
    *, by: Membership, sheet: Entitlement, fund: PayFund, name: str, document: str, now: datetime,
    persons: bool = True,
) -> PayPool:  # fmt: skip
    """Draft the pool that pays an entitlement sheet: to the fen what its lines say, below them by the roster.

    Raises PermissionDenied, RedLine, SheetRefused (persons, institutions, account, borne,
    not_confirmed, paid), PoolRefused (document,
    name, no_rule, short), PayRefused (nobody, absent).
    """
    require(by, RUN)
    redlines.check(Terms(fund.source, document, persons))
    number = numbers.of_decision(document, PoolRefused) if document.strip() else ""
    if not name.strip():
        raise PoolRefused("name")
    _ends(sheet, fund, persons)
    if sheet.confirmed_at is None:
        raise SheetRefused("not_confirmed")
    if PayPool.objects.filter(entitlement=sheet).exclude(state=PayPool.State.REVERSED).exists():
        raise SheetRefused("paid")
    limits.covered(fund, sheet.fen)
    month, kind = sheet.period, POOL[EntitlementKind(sheet.kind)]
    rule, amounts = _rule(kind, month), sheets.amounts(sheet)
    places = Institution.objects.in_bulk(amounts)
    weights: dict[str, Factors] = {
        places[pk].code: (("entitled_fen", Decimal(sum(inside.values()))),) for pk, inside in amounts.items()
    }
    step = divide("institution", name, sheet.fen, weights)
    by_code = {one.code: one for one in places.values()}
    shares = [storing.Entitled(by_code[share.code], share) for share in step.shares]
    pool = PayPool(
        month=month.first_day, kind=kind, number=_next(kind, month), name=name.strip(), source=fund.source,
        document=number, persons=persons, fund=fund, rule=rule, fen=sheet.fen, entitlement=sheet,
    )  # fmt: skip
    return storing.keep(pool, shares, storing.decimal(step), by, now)


def _ends(sheet: Entitlement, fund: PayFund, persons: bool) -> None:
    """Where the money of a sheet comes from and ends. Raises SheetRefused (borne, persons, institutions,
    account).
    """
    if sheet.kind not in POOL:
        raise SheetRefused("borne")
    if not sheet.fen:
        raise SheetRefused("carried")
    if not persons and KINDS[sheet.kind].level == "person":
        raise SheetRefused("persons")
    if persons and sheet.kind == EntitlementKind.SURPLUS_OTHER:
        raise SheetRefused("institutions")
    own = feeding.account_of(sheet)
    if own and fund.code != own:
        name = PayFund.objects.filter(code=own).values_list("name", flat=True).first()
        raise SheetRefused("account", account=name or own)


def _next(kind: str, month: Month) -> int:
    """The number of the next pool of a kind and month."""
    last = PayPool.objects.filter(month=month.first_day, kind=kind).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _rule(kind: str, month: Month) -> PayRule:
    rule = rule_in_force(kind, month)
    if rule is None:
        raise PoolRefused("no_rule", month=month)
    return rule
