"""What a bonus pool takes of its shares and pots for what institutions and departments owe (practice.md 3).

Owed are charged deductions, each by itself, and what stands on the accounts of confirmed rejections. Of a
share or pot at most a part is taken, the eldest debt first; the rest waits for the pool of the next month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from alliance.ledger.models import Account, Entry
from alliance.lib.period import Month
from alliance.services import parameters
from performance.engine.pay.taking import taken
from performance.models import PayCharge, PayLift, PayPool, PayPot, PayShare, PayTaken
from performance.models.pay import PayKind

MOST = "clawback.most_of_share"
REJECTED, DEDUCTED = "rejected", "deducted"
GONE = PayPool.State.REVERSED  # what such a pool took is in no books any more
Place = tuple[int, int | None]  # institution, and department where one of its departments owes


@dataclass(frozen=True, slots=True)
class Debt:
    """What an institution or a department owes on an account (fen; below zero: it gave too much)."""

    place: Place
    account: int
    charge: int | None
    fen: int


@dataclass(frozen=True, slots=True)
class Take:
    """What a share (`pot` None) or a pot, by its department and group, gives for a debt; fen."""

    debt: Debt
    pot: tuple[int, str] | None
    owed_fen: int
    fen: int


def owing(pool: PayPool, places: Iterable[int]) -> list[Debt]:
    """What these institutions and their departments owe, the eldest first, other pools under way counted as
    taken. Only a bonus pool that ends at persons takes: it is the pay of collaboration. Five queries.
    """
    if pool.kind != PayKind.BONUS or not pool.persons:
        return []
    wanted = list(places)
    return [one for one in (*_charged(pool, wanted), *_rejected(pool, wanted)) if one.fen]


def _charged(pool: PayPool, places: Sequence[int]) -> list[Debt]:
    rows = list(PayCharge.objects.filter(institution__in=places, state=PayCharge.State.POSTED).order_by("pk"))
    if not rows:
        return []
    codes = Account.objects.filter(code__startswith=f"{DEDUCTED}:", institution__in=places)
    accounts = dict(codes.values_list("institution", "pk"))
    taken_of = _sums(
        PayTaken.objects.exclude(pool=pool.pk).exclude(pool__state=GONE).filter(charge__in=rows), "charge"
    )
    lifted = _sums(in_force().filter(charge__in=rows), "charge")
    return [
        Debt(
            (row.institution_id, None), accounts[row.institution_id], row.pk,
            row.fen - lifted.get(row.pk, 0) - taken_of.get(row.pk, 0),
        )
        for row in rows
    ]  # fmt: skip


def in_force() -> Any:
    """What corrected appeals lifted of deductions."""
    return PayLift.objects.filter(appeal__state="corrected", appeal__revision=F("revision"))


def _rejected(pool: PayPool, places: Sequence[int]) -> list[Debt]:
    accounts = list(
        Account.objects.filter(code__startswith=f"{REJECTED}:", institution__in=places).order_by("code")
    )
    if not accounts:
        return []
    stands = _sums(Entry.objects.filter(account__in=accounts), "account")
    waits = _sums(
        PayTaken.objects.exclude(pool=pool.pk).exclude(pool__state__in=(PayPool.State.POSTED, GONE))
        .filter(account__in=accounts, charge=None),
        "account",
    )  # fmt: skip
    return [
        Debt(
            (one.institution_id or 0, one.department_id), one.pk, None,
            -stands.get(one.pk, 0) - waits.get(one.pk, 0),
        )
        for one in accounts
    ]  # fmt: skip


def _sums(rows: Any, column: str) -> dict[int, int]:
    """Fen by a column."""
    summed = rows.order_by().values(column).annotate(sum=Sum("fen"))
    return {pk: int(fen) for pk, fen in summed.values_list(column, "sum")}


def of_shares(month: Month, shares: Mapping[int, int], debts: Sequence[Debt]) -> list[Take]:
    """What shares (fen by institution) give for what their institutions owe."""
    found: list[Take] = []
    for place, fen in shares.items():
        own = [debt for debt in debts if debt.place == (place, None)]
        found += _take(month, fen, own, None)
    return found


def of_pots(month: Month, pots: Iterable[tuple[int, int, str, int]], debts: Sequence[Debt]) -> list[Take]:
    """What pots (institution, department, group, fen) give for what their department owes, in their order."""
    left = {debt: debt.fen for debt in debts if debt.place[1] is not None}
    found: list[Take] = []
    for institution, department, group, fen in pots:
        own = [debt for debt in left if debt.place == (institution, department) and left[debt]]
        for one in _take(month, fen, own, (department, group), left):
            left[one.debt] -= one.fen
            found.append(one)
    return found


def _take(
    month: Month, fen: int, debts: Sequence[Debt], pot: tuple[int, str] | None,
    left: Mapping[Debt, int] | None = None,
) -> list[Take]:  # fmt: skip
    if not debts:
        return []
    owed = [debt.fen if left is None else left[debt] for debt in debts]
    parts = taken(fen, percent(month), owed)
    return [Take(debt, pot, due, part) for debt, due, part in zip(debts, owed, parts, strict=True) if part]


def percent(month: Month) -> Decimal:
    """The most of a share or pot that a month takes, in percent."""
    return Decimal(str(parameters.in_force(MOST, on=month.last_day)))


def said(takes: Iterable[Take]) -> list[list[Any]]:
    """The same as plain data in a fixed order: what a digest names."""
    rows = [
        [one.debt.place[0], *(one.pot or (0, "")), one.debt.account, one.debt.charge or 0, one.fen]
        for one in takes
    ]
    return sorted(rows)


def planned(pool: PayPool) -> list[Take]:
    """What a stored draft would take, were it made now."""
    shares = dict(PayShare.objects.filter(pool=pool).order_by("institution__code").values_list(
        "institution", "fen"))  # fmt: skip
    debts = owing(pool, shares)
    if not debts:
        return []
    rows = PayPot.objects.filter(pool=pool, department__isnull=False).order_by("pk")
    pots = [(one.institution_id, one.department_id, one.group, one.whole_fen) for one in rows.defer("people")]
    return [*of_shares(pool.period, shares, debts), *of_pots(pool.period, pots, debts)]


def stored(pool: PayPool) -> list[Take]:
    """What a stored pool takes."""
    rows = PayTaken.objects.filter(pool=pool).select_related("share", "pot", "account").order_by("pk")
    return [
        Take(
            Debt(
                (one.share.institution_id, one.account.department_id), one.account_id, one.charge_id,
                one.owed_fen,
            ),
            (one.pot.department_id, one.pot.group) if one.pot else None, one.owed_fen, one.fen,
        )
        for one in rows
    ]  # fmt: skip


def sums(takes: Iterable[Take]) -> tuple[dict[int, int], dict[tuple[int, str], int]]:
    """What is taken of each share, by its institution, and of each pot, by department and group; fen."""
    shares: dict[int, int] = defaultdict(int)
    pots: dict[tuple[int, str], int] = defaultdict(int)
    for one in takes:
        if one.pot is None:
            shares[one.debt.place[0]] += one.fen
        else:
            pots[one.pot] += one.fen
    return shares, pots


def keep(pool: PayPool, takes: Sequence[Take]) -> None:
    """Store what a draft takes, beside its shares and pots; three statements, none where it takes nothing."""
    if not takes:
        return
    shares = dict(PayShare.objects.filter(pool=pool).values_list("institution", "pk"))
    wanted = {one.pot[0] for one in takes if one.pot}
    rows = PayPot.objects.filter(pool=pool, department__in=wanted).values_list("department", "group", "pk")
    pots = {(department, group): pk for department, group, pk in rows}
    PayTaken.objects.bulk_create(
        PayTaken(
            pool=pool, share_id=shares[one.debt.place[0]], pot_id=pots[one.pot] if one.pot else None,
            account_id=one.debt.account, charge_id=one.debt.charge, owed_fen=one.owed_fen, fen=one.fen,
        )
        for one in takes
    )  # fmt: skip
