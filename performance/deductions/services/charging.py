"""A decided deduction into the books: one proposes, another agrees, and its institution owes it (S3-31).

Nothing is paid or taken by that alone: the pools that follow take it (`taking`). What an open appeal is about
is not charged before the answer.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from alliance.approvals import registry
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.ledger import services as ledger
from alliance.ledger.models import Account, LedgerJournal
from alliance.ledger.services import NewAccount
from alliance.lib.canonical import digest
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal
from performance.appeals.subjects import month_of
from performance.deductions.refusals import ChargeRefused
from performance.deductions.services.taking import DEDUCTED, in_force
from performance.life.services import booking
from performance.models import Appeal, AppealLine, Consequence, PayCharge
from performance.models.life import LEAD
from performance.services.rights import require

KIND = "performance.charge"  # of approvals, journals, and the evidence of their entries
SOURCE = "source:pay_total"  # what is deducted of performance pay stays in its source
KINDS = (Consequence.Kind.COMMITMENT, Consequence.Kind.GAMING, Consequence.Kind.VIOLATION)


def deducted_account(place: Institution) -> NewAccount:
    """What an institution owes for decided deductions, as it is opened."""
    return NewAccount(f"{DEDUCTED}:{place.code}", place.name, Account.Kind.INSTITUTION, place)


def lifted_of(row: Consequence) -> int:
    """What corrected appeals lifted of a deduction, fen."""
    return sum(in_force().filter(consequence=row).values_list("fen", flat=True))


def left_of(row: Consequence) -> int:
    """What is to be taken of a decided deduction beside what appeals lifted, fen; 0 for what is none."""
    if row.state != Consequence.State.AGREED or row.kind not in KINDS:
        return 0
    return (row.fen or 0) - lifted_of(row)


@transaction.atomic
def make(*, by: Membership, row: Consequence, into: Month, today: date, now: datetime) -> PayCharge:
    """Propose to charge a decided deduction in an open month; a second person agrees.

    Raises PermissionDenied, ChargeRefused (nothing, there, appealed), CorrectionRefused (closed), and what
    `approvals.propose` raises.
    """
    require(by, LEAD)
    held = Consequence.objects.select_for_update(of=("self",)).select_related("institution").get(pk=row.pk)
    fen = left_of(held)
    if fen <= 0 or held.institution is None:
        raise ChargeRefused("nothing")
    if PayCharge.objects.filter(consequence=held).exists():
        raise ChargeRefused("there")
    if AppealLine.objects.filter(deduction=held, appeal__state__in=Appeal.RUNNING).exists():
        raise ChargeRefused("appealed")
    booking.open_month(into, into)
    made: PayCharge = PayCharge.objects.create(
        consequence=held, institution=held.institution, fen=fen, made_by=by, made_at=now,
        month=min(month_of(held.period), into).first_day, into=into.first_day,
        digest=digest([held.pk, held.digest, fen, str(into)]),
    )  # fmt: skip
    journal.write(by=by, verb="charge.made", about=made, fen=fen, month=str(into))
    propose(by=by, row=made, today=today)
    return made


def propose(*, by: Membership, row: PayCharge, today: date, version: int | None = None) -> Approval:
    """Put a charge before a second person. Raises ChargeRefused (less) and as booking.propose."""
    _covered(row)
    return booking.propose(by=by, row=row, kind=KIND, verb="charge.proposed", today=today, version=version)


def _covered(row: PayCharge) -> None:
    """Raise ChargeRefused (less) where an appeal left less of the deduction since the charge was made."""
    if row.fen > left_of(row.consequence):
        raise ChargeRefused("less")


def decided(approval: Approval, by: Membership) -> None:
    """Agreed: it is in the books. Declined or withdrawn: it is a draft again."""
    row = PayCharge.objects.select_for_update().get(pk=approval.about_id)
    if approval.state == Approval.State.APPROVED:
        _covered(row)
    booking.decided(row, approval, by, of="charge", post=_post)


registry.on_decided(KIND, decided)


def _post(row: PayCharge, approval: Approval) -> LedgerJournal:
    """The institution owes, the source has it back."""
    into = booking.open_month(row.open_month, row.period)
    place, by = row.institution, approval.proposed_by
    accounts = ledger.open_accounts(by=by, accounts=[
        deducted_account(place), NewAccount(SOURCE, SOURCE, Account.Kind.SOURCE),
    ])  # fmt: skip
    why: dict[str, object] = {"rule": KIND, "month": str(row.period), "due_fen": row.fen}
    posted = ledger.post(
        by=by, confirmed_by=second_person(approval), month=into, about_month=row.period, kind=KIND,
        key=f"{KIND}:{row.pk}", inputs_digest=row.digest, text=str(row.consequence)[:300],
        entries=[
            ledger.Line(accounts[f"{DEDUCTED}:{place.code}"], -row.fen, why, (KIND, row.consequence_id)),
            ledger.Line(accounts[SOURCE], row.fen, why, (KIND, row.consequence_id)),
        ],
    )  # fmt: skip
    return posted.journal


def digest_of(approval: Approval) -> str:
    """The digest of the charge an approval is about; what it holds never changes."""
    found: str = PayCharge.objects.values_list("digest", flat=True).get(pk=approval.about_id)
    return found
