"""A posted correction in the books below institutions: entries through pots, amounts owed or to be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Sum

from alliance.ledger import services as ledger
from alliance.ledger.models import Account, LedgerJournal
from alliance.models import Membership
from performance.accounts import institution_account, institution_code, person_account, person_code
from performance.engine.pay.redlines import WITHIN_TOTAL
from performance.models import AppealCorrection, CorrectionPart, PayDeduction, PayDue, PayPot
from performance.pay.services.posting import pot_accounts

Evidence = tuple[str, int]


def entries(
    parts: Sequence[CorrectionPart], *, by: Membership, rule: str, evidence: Evidence
) -> list[ledger.Line]:
    """Institution -> pot -> persons; they add up to zero. A pot nobody divided keeps its difference."""
    pots = {one.pot_id: one.pot for one in parts}
    accounts: dict[str, Account] = ledger.open_accounts(by=by, accounts=[
        *(institution_account(pot.institution) for pot in pots.values()), *pot_accounts(pots.values()),
        *(person_account(one.staff) for one in parts if one.staff),
    ])  # fmt: skip
    found = []
    for pk, fen in _sums(parts).items():
        found += through(pots[pk], fen, accounts, rule, evidence)
    for one in parts:
        if one.staff is not None:
            why: dict[str, object] = {
                "rule": rule, "before_fen": one.before_fen, "after_fen": one.after_fen, "pot": one.pot_id,
                "pool": one.pot.pool.title,
            }  # fmt: skip
            found.append(ledger.Line(accounts[person_code(one.staff)], one.diff_fen, why, evidence))
            found.append(ledger.Line(accounts[one.pot.account], -one.diff_fen, why, evidence))
    return found


def through(
    pot: PayPot, fen: int, accounts: Mapping[str, Account], rule: str, evidence: Evidence
) -> list[ledger.Line]:
    """From the institution to the pot; nothing where its people's differences cancel out."""
    if not fen:
        return []
    why: dict[str, object] = {"rule": rule, "pot": pot.pk, "pool": pot.pool.title}
    return [
        ledger.Line(accounts[institution_code(pot.institution)], -fen, why, evidence),
        ledger.Line(accounts[pot.account], fen, why, evidence),
    ]


def _sums(parts: Iterable[CorrectionPart]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in parts:
        found[one.pot_id] = found.get(one.pot_id, 0) + one.diff_fen
    return found


def owe_parts(parts: Iterable[CorrectionPart], month: date, into: date, written: LedgerJournal) -> None:
    """Amounts of a month's correction; one statement."""
    PayDue.objects.bulk_create(
        PayDue(
            month=month, into=into, kind=PayDue.Kind.SHARE, pot_id=one.pot_id, line_id=one.line_id,
            staff_id=one.staff_id, fen=one.diff_fen, part=one, journal=written,
        )
        for one in parts
    )  # fmt: skip


def owe_entries(rows: Iterable[AppealCorrection], month: date, into: date, written: LedgerJournal) -> None:
    """Amounts of an upheld appeal: of persons, and of pots nobody divided; one statement."""
    PayDue.objects.bulk_create(
        PayDue(
            month=month, into=into, kind=PayDue.Kind.SHARE if row.pot_id else PayDue.Kind.POINTS,
            pot_id=row.pot_id or (row.pay_line.pot_id if row.pay_line else None), line_id=row.pay_line_id,
            staff_id=row.staff_id, fen=row.fen, entry=row, journal=written,
        )
        for row in rows if row.staff_id or (row.pot_id and row.institution_id is None)
    )  # fmt: skip


def owe_back(
    relief: int, parts: Iterable[tuple[PayDeduction, int]], month: date, into: date, written: LedgerJournal
) -> None:
    """What an exemption gives back of deductions: to their person, of their line's pay; one statement."""
    PayDue.objects.bulk_create(
        PayDue(
            month=month, into=into, kind=PayDue.Kind.EXEMPT, pot_id=one.line.pot_id, line_id=one.line_id,
            staff_id=one.staff_id, fen=fen, relief_id=relief, journal=written,
        )
        for one, fen in parts
    )  # fmt: skip


def given_of(year: int) -> dict[int, int]:
    """What corrections of a year's months gave persons of institutions within their total, fen by id."""
    rows = PayDue.objects.of_lines().filter(
        pot__pool__month__year=year, pot__pool__source__in=sorted(WITHIN_TOTAL)
    ).values("pot__institution")  # fmt: skip
    return {row["pot__institution"]: row["fen"] for row in rows.annotate(fen=Sum("fen")).order_by()}
