"""Confirmed rejections charged to who was paid from the cases: a floor under net pay, carry-over (扣回)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.ledger import services as ledger
from alliance.ledger.models import Account, LedgerJournal
from alliance.lib.canonical import digest
from alliance.lib.money import split_pool
from alliance.lib.period import Month
from alliance.models import Department, Membership, Staff
from alliance.services import journal, parameters
from performance.life.refusals import CorrectionRefused
from performance.life.services import booking
from performance.life.services.statements import CASE
from performance.models import Clawback, ClawbackShare, PayDeduction, PayLine, Statement, StatementLine
from performance.models.life import LEAD
from performance.payout.services import payables
from performance.payout.services.payables import Payable
from performance.services.rights import require

KIND, CARRY = "life.clawback", "life.carry"
BEARERS, FLOOR = "clawback.bearers", "clawback.net_floor"
BATCH = 1_000
Bearer = ClawbackShare.Bearer


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of a share now, from which lines of pay, what the floor leaves to later months; fen."""

    share: ClawbackShare
    lines: tuple[tuple[int, int], ...]
    later_fen: int

    @property
    def now_fen(self) -> int:
        """What the open month bears."""
        return sum(fen for _line, fen in self.lines)


@transaction.atomic
def make(
    *, by: Membership, statement: Statement, lines: Sequence[StatementLine], into: Month, reason: str,
    now: datetime,
) -> Clawback:  # fmt: skip
    """Draft a claw-back of confirmed rejections: institution, department and persons by the parameter.

    Raises PermissionDenied, CorrectionRefused (not_posted, lines, charged, why, closed, before).
    """
    require(by, LEAD)
    if statement.state != Statement.State.POSTED:
        raise CorrectionRefused("not_posted")
    booking.open_month(into, statement.period)
    if not reason.strip():
        raise CorrectionRefused("why")
    chosen = [one for one in lines if one.statement_id == statement.pk and one.rejected_fen]
    if not chosen:
        raise CorrectionRefused("lines")
    charged = ClawbackShare.objects.filter(line__in=chosen).values("line").distinct().count()
    if charged:
        raise CorrectionRefused("charged", n=charged)
    shares = list(bearers(statement.period, chosen))
    row: Clawback = Clawback.objects.create(
        statement=statement, month=statement.month, into=into.first_day, reason=reason.strip(), made_by=by,
        made_at=now, digest=_digest(shares),
    )  # fmt: skip
    for share in shares:
        share.clawback = row
    ClawbackShare.objects.bulk_create(shares, batch_size=BATCH)
    journal.write(by=by, verb="clawback.made", about=row, month=str(statement.period), cases=len(chosen))
    return row


def bearers(month: Month, lines: Iterable[StatementLine]) -> Iterator[ClawbackShare]:
    """Who bears each rejected case; the parts add up to it, to the fen.

    Persons are those with a line in a pot of the case's department that month, by what they were paid there
    and never more than it; where nobody was paid, the department bears their part, without a department the
    institution. Patients bear nothing (practice.md 3).
    """
    found = list(lines)
    percents = _percents(month)
    units, paid = _departments(found), _paid(month)
    for line in sorted(found, key=lambda one: one.pk):
        unit = units.get(line.pk)
        people = paid.get(unit.pk, {}) if unit else {}
        parts = {part.code: part.fen for part in split_pool(line.rejected_fen, percents).parts}
        persons = min(parts[Bearer.PERSON], sum(people.values()))
        department = parts[Bearer.DEPARTMENT] + (parts[Bearer.PERSON] if unit and not people else 0)
        department = department if unit else 0
        yield from _shares(line, unit, people, persons, department)


def _shares(
    line: StatementLine, unit: Department | None, people: Mapping[int, int], persons: int, department: int
) -> Iterator[ClawbackShare]:
    own = line.rejected_fen - department - persons
    if own:
        yield ClawbackShare(line=line, bearer=Bearer.INSTITUTION, institution_id=line.institution_id, fen=own)
    if department:
        yield ClawbackShare(
            line=line, bearer=Bearer.DEPARTMENT, institution_id=line.institution_id, department=unit,
            fen=department,
        )  # fmt: skip
    if not persons:
        return
    weights = {f"{staff:019}": fen for staff, fen in people.items()}
    for part in split_pool(persons, weights).parts:
        if part.fen:
            staff = int(part.code)
            yield ClawbackShare(
                line=line, bearer=Bearer.PERSON, institution_id=line.institution_id, department=unit,
                staff_id=staff, fen=part.fen, paid_fen=people[staff],
            )  # fmt: skip


def _percents(month: Month) -> dict[str, Decimal]:
    found = parameters.in_force(BEARERS, on=month.last_day)
    assert isinstance(found, Mapping)
    return {bearer: Decimal(str(found[bearer])) for bearer in Bearer.values}


def _departments(lines: Sequence[StatementLine]) -> dict[int, Department]:
    """The department that discharged each case, where we know it; one query."""
    known = {
        (row.institution_id, row.code): row
        for row in Department.objects.filter(institution__in={line.institution_id for line in lines})
    }
    found = {}
    for line in lines:
        case = line.case
        unit = known.get((line.institution_id, case.department_code)) if case is not None else None
        if unit is not None:
            found[line.pk] = unit
    return found


def _paid(month: Month) -> dict[int, dict[int, int]]:
    """What posted pots of the month paid: department -> person -> fen; one query."""
    rows = (
        PayLine.objects.filter(
            pot__pool__month=month.first_day, pot__state="posted", pot__department__isnull=False, fen__gt=0
        )
        .filter(plan=F("pot__plan"))
        .values("pot__department", "staff")
        .annotate(fen=Sum("fen"))
        .order_by("pot__department", "staff")
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for row in rows:
        found[row["pot__department"]][row["staff"]] = row["fen"]
    return found


# The floor and what is carried on -------------------------------------------------------
def taken(shares: Iterable[ClawbackShare], into: Month) -> list[Taken]:
    """What of each person's outstanding share the pay of an open month bears, the eldest share first.

    The net pay of the month, less what was taken of it already, stays at the floor at least.
    """
    rows = [share for share in shares if share.bearer == Bearer.PERSON]
    done = deducted(rows)
    room = _room(into, {share.staff_id for share in rows if share.staff_id})
    found = []
    for share in sorted(rows, key=lambda one: one.pk):
        assert share.staff_id is not None
        if open_fen := share.fen - done.get(share.pk, 0):
            lines = room[share.staff_id].take(open_fen)
            found.append(Taken(share, lines, open_fen - sum(fen for _line, fen in lines)))
    return found


@dataclass
class Room:
    """What may still be taken of a person's pay of a month: above the floor, line by line."""

    above_floor: int
    free: dict[int, int]

    def take(self, wanted: int) -> tuple[tuple[int, int], ...]:
        """Lines and fen that bear what is wanted, as far as there is room; the room shrinks."""
        found = []
        for line, free in self.free.items():
            part = min(wanted, free, self.above_floor)
            if part > 0:
                found.append((line, part))
                wanted, self.above_floor = wanted - part, self.above_floor - part
                self.free[line] = free - part
        return tuple(found)


def deducted(shares: Sequence[ClawbackShare]) -> dict[int, int]:
    """What was taken of each share so far, fen by its id; one query."""
    rows = PayDeduction.objects.filter(share__in=shares).values("share").annotate(fen=Sum("fen"))
    return {row["share"]: row["fen"] for row in rows.order_by()}


def _room(into: Month, staff: set[int]) -> dict[int, Room]:
    """Each person's room: the month's net pay less the floor; what of each line is not paid or held yet."""
    floor = parameters.in_force(FLOOR, on=into.last_day)
    assert isinstance(floor, int)
    lines: dict[int, list[Payable]] = defaultdict(list)
    for row in payables.of(into):
        if row.staff.pk in staff:
            lines[row.staff.pk].append(row)
    return {
        one: Room(
            max(0, sum(row.fen - row.deducted for row in lines[one]) - floor),
            {row.line: row.free for row in lines[one]},
        )
        for one in staff
    }


def outstanding() -> list[ClawbackShare]:
    """Persons' shares of posted claw-backs that are not taken in full yet, the eldest first; two queries."""
    rows = list(
        ClawbackShare.objects.filter(bearer=Bearer.PERSON, clawback__state=Clawback.State.POSTED)
        .select_related("staff__institution", "line__institution", "clawback__statement", "department")
        .order_by("pk")
    )
    done = deducted(rows)
    return [row for row in rows if done.get(row.pk, 0) < row.fen]


def propose(*, by: Membership, row: Clawback, today: date, version: int | None = None) -> Approval:
    """Put a claw-back before a second person. Raises as booking.propose."""
    return booking.propose(by=by, row=row, kind=KIND, verb="clawback.proposed", today=today, version=version)


def decided(approval: Approval, by: Membership) -> None:
    """Agreed: it goes into the books as far as the floor lets it. Else it is a draft again."""
    row = Clawback.objects.select_for_update().select_related("statement").get(pk=approval.about_id)
    booking.decided(row, approval, by, of="clawback", post=_post)


registry.on_decided(KIND, decided)


def _post(row: Clawback, approval: Approval) -> LedgerJournal:
    into = booking.open_month(row.open_month, row.period)
    shares = list(
        ClawbackShare.objects.filter(clawback=row)
        .select_related("staff__institution", "department", "line__institution", "clawback")
        .order_by("pk")
    )
    return _write(
        shares, into, by=approval.proposed_by, second=second_person(approval), key=f"{KIND}:{row.pk}",
        text=row.reason, whole=True, about=row.period, inputs=row.digest,
    )  # fmt: skip


def rest_of(row: Clawback) -> list[ClawbackShare]:
    """Persons' shares of a claw-back that are not taken in full yet."""
    return [share for share in outstanding() if share.clawback_id == row.pk]


@transaction.atomic
def propose_carry(*, by: Membership, row: Clawback, into: Month, today: date) -> Approval:
    """Propose to take from the pay of a later open month what the floor left of a posted claw-back.

    Raises PermissionDenied, CorrectionRefused (closed, before, nothing), and what `approvals.propose` raises.
    """
    require(by, LEAD)
    booking.open_month(into, row.period)
    if not any(one.now_fen for one in taken(rest_of(row), into)):
        raise CorrectionRefused("nothing", month=into)
    return approvals.propose(
        by=by, kind=CARRY, about=row, chain=chains.in_force(chains.TWO_PEOPLE, on=today, kind=CARRY),
        digest=row.digest, terms={"into": str(into)},
    )  # fmt: skip


def carried(approval: Approval, by: Membership) -> None:
    """Agreed: the pay of the month bears what it can, now as it stands."""
    if approval.state != Approval.State.APPROVED:
        return
    row = Clawback.objects.select_for_update().select_related("statement").get(pk=approval.about_id)
    into = booking.open_month(Month.parse(approval.terms["into"]), row.period)
    shares = rest_of(row)
    if not any(one.now_fen for one in taken(shares, into)):
        raise CorrectionRefused("nothing", month=into)
    _write(
        shares, into, by=approval.proposed_by, second=second_person(approval),
        key=f"{CARRY}:{row.pk}:{approval.pk}", text=row.reason, whole=False, about=row.period,
        inputs=row.digest,
    )  # fmt: skip
    journal.write(by=by, verb="clawback.carried", about=row, month=str(into))


registry.on_decided(CARRY, carried)


def _write(
    shares: Sequence[ClawbackShare], into: Month, *, by: Membership, second: Membership, key: str, text: str,
    whole: bool, about: Month, inputs: str,
) -> LedgerJournal:  # fmt: skip
    """Persons and departments give, their institution takes what the insurer kept back from it.

    `whole`: departments' parts too, which are charged once; the institution's own part moves nowhere.
    """
    Staff.objects.select_for_update().filter(pk__in=[one.staff_id for one in shares if one.staff_id]).count()
    now_taken = [one for one in taken(shares, into) if one.now_fen]
    accounts = _accounts(shares, by)
    entries: list[ledger.Line] = []
    for one in now_taken:
        entries += _pair(accounts, one.share, one.now_fen)
    for share in shares if whole else ():
        if share.bearer != Bearer.PERSON:
            entries += _pair(accounts, share, share.fen)
    posted = ledger.post(
        by=by, confirmed_by=second, month=into, about_month=about, kind=KIND, key=key, entries=entries,
        text=text[:300], inputs_digest=inputs,
    )  # fmt: skip
    PayDeduction.objects.bulk_create(
        (
            PayDeduction(
                share=one.share, line_id=line, staff=one.share.staff, into=into.first_day, fen=fen,
                journal=posted.journal,
            )
            for one in now_taken for line, fen in one.lines
        ),
        batch_size=BATCH,
    )  # fmt: skip
    return posted.journal


def _pair(accounts: Mapping[str, Account], share: ClawbackShare, fen: int) -> list[ledger.Line]:
    """Two entries: the bearer gives, the institution's account with the insurer takes."""
    why: dict[str, object] = {
        "rule": "rejected", "case": share.line.case_id, "month": str(Month.of(share.clawback.month)),
        "bearer": share.bearer, "paid_fen": share.paid_fen, "due_fen": share.fen, "reason": share.line.reason,
    }  # fmt: skip
    evidence = (CASE, share.line.case_id) if share.line.case_id else (KIND, share.clawback_id)
    return [
        ledger.Line(accounts[account_of(share)], -fen, why, evidence),
        ledger.Line(accounts[f"insurance:{share.line.institution.code}"], fen, why, evidence),
    ]


def account_of(share: ClawbackShare) -> str:
    """The code of the bearer's account."""
    code = share.line.institution.code
    if share.bearer == Bearer.INSTITUTION:
        return f"rejected:{code}"
    assert share.department is not None
    if share.bearer == Bearer.DEPARTMENT:
        return f"rejected:{code}:{share.department.code}"
    assert share.staff is not None
    return f"person:{share.staff.institution.code}:{share.staff.code}"


def _accounts(shares: Sequence[ClawbackShare], by: Membership) -> dict[str, Account]:
    kind, wanted = Account.Kind, {}
    for share in shares:
        place, code = share.line.institution, account_of(share)
        wanted[f"insurance:{place.code}"] = ledger.NewAccount(
            f"insurance:{place.code}", place.name, kind.CLEARING, place
        )
        if share.bearer == Bearer.INSTITUTION:
            wanted[code] = ledger.NewAccount(code, place.name, kind.INSTITUTION, place)
        elif share.bearer == Bearer.DEPARTMENT:
            assert share.department is not None
            wanted[code] = ledger.NewAccount(
                code, share.department.name, kind.DEPARTMENT, place, department=share.department
            )
        else:
            assert share.staff is not None
            wanted[code] = ledger.NewAccount(
                code, share.staff.name, kind.PERSON, share.staff.institution, staff=share.staff
            )
    return ledger.open_accounts(by=by, accounts=wanted.values())


def _digest(shares: Sequence[ClawbackShare]) -> str:
    return digest([
        [one.line_id, one.bearer, one.department_id, one.staff_id, one.fen, one.paid_fen] for one in shares
    ])  # fmt: skip


def digest_of(approval: Approval) -> str:
    """The digest of the claw-back an approval is about; what it holds never changes."""
    found: str = Clawback.objects.values_list("digest", flat=True).get(pk=approval.about_id)
    return found
