"""What an exemption gives back: worked out, previewed, agreed to by a second person, posted.

The institution bears what its person or department no longer does: what was taken is given back with the next
lot, what was not taken yet is its own at once (docs/consequences.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from alliance.approvals import registry
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.ledger import services as ledger
from alliance.ledger.models import LedgerJournal
from alliance.lib.canonical import digest
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from performance.dues import booking as dues
from performance.life.services import booking, clawback_books
from performance.models import ClawbackShare, PayDeduction
from performance.models.life import LEAD
from performance.services.rights import require
from performance.tolerance import exempting
from performance.tolerance.models import Exemption, Relief
from performance.tolerance.services import ToleranceRefused

KIND = "tolerance.relief"  # of approvals, journals, and the evidence of their entries
Bearer = ClawbackShare.Bearer


@dataclass(frozen=True, slots=True)
class Worked:
    """What follows from an exemption: exempted of the share, borne of it so far, given back of that; fen."""

    exempt_fen: int
    borne_fen: int
    back_fen: int


def worked_out(exemption: Exemption) -> Worked:
    """What a correction of the exemption would move; it does not change once the exemption is marked, because
    nothing more than what is not exempted is taken. All zero where it moves nothing.
    """
    share, exempt = exemption.share, exempting.fen_of(exemption)
    if share is None or share.bearer == Bearer.INSTITUTION or not exempt:
        return Worked(0, 0, 0)
    borne = share.fen
    if share.bearer == Bearer.PERSON:
        borne = sum(PayDeduction.objects.filter(share=share).values_list("fen", flat=True))
    return Worked(exempt, borne, max(0, borne - (share.fen - exempt)))


@transaction.atomic
def make(*, by: Membership, exemption: Exemption, into: Month, now: datetime) -> Relief:
    """Draft the correction that follows from an exemption.

    Raises PermissionDenied, ToleranceRefused (no_money, own, corrected), CorrectionRefused (closed, before).
    """
    require(by, LEAD)
    share, found = exemption.share, worked_out(exemption)
    if share is None or not found.exempt_fen:
        raise ToleranceRefused("no_money")
    _not_concerned(share, by)
    booking.open_month(into, share.clawback.period)
    try:
        with transaction.atomic():
            row: Relief = Relief.objects.create(
                exemption=exemption, month=share.clawback.month, into=into.first_day, made_by=by, made_at=now,
                exempt_fen=found.exempt_fen, back_fen=found.back_fen,
                digest=digest([exemption.pk, share.pk, found.exempt_fen, found.back_fen]),
            )  # fmt: skip
    except IntegrityError:
        raise ToleranceRefused("corrected") from None
    journal.write(by=by, verb="relief.made", about=row, month=str(row.period), number=exemption.case.number)
    return row


def _not_concerned(share: ClawbackShare, *people: Membership) -> None:
    if share.staff is not None and share.staff.user_id in {one.user_id for one in people}:
        raise ToleranceRefused("own")


def propose(*, by: Membership, row: Relief, today: date, version: int | None = None) -> Approval:
    """Put a correction before a second person. Raises as booking.propose."""
    return booking.propose(by=by, row=row, kind=KIND, verb="relief.proposed", today=today, version=version)


def decided(approval: Approval, by: Membership) -> None:
    """Agreed: it goes into the books. Else it is a draft again."""
    rows = Relief.objects.select_for_update(of=("self",)).select_related(
        "exemption__case", "exemption__share__clawback__statement", "exemption__share__line__institution",
        "exemption__share__staff__institution", "exemption__share__department",
    )  # fmt: skip
    booking.decided(rows.get(pk=approval.about_id), approval, by, of="relief", post=_post)


registry.on_decided(KIND, decided)


def _post(row: Relief, approval: Approval) -> LedgerJournal:
    """Who bore it gets it back, the institution bears all that is exempted.

    Raises CorrectionRefused (closed, before), ToleranceRefused (own).
    """
    into = booking.open_month(row.open_month, row.period)
    share, second = row.exemption.share, second_person(approval)
    assert share is not None, "the database keeps a correction with its share"
    _not_concerned(share, approval.proposed_by, second)
    why: dict[str, object] = {
        "rule": KIND, "decision": row.exemption.case.number, "percent": row.exemption.case.covered,
        "case": share.line.case_id, "bearer": share.bearer, "due_fen": share.fen,
        "exempt_fen": row.exempt_fen,
    }  # fmt: skip
    entries = clawback_books.relieved(
        share, back_fen=row.back_fen, spared_fen=row.spared_fen, why=why, evidence=(KIND, row.pk),
        by=approval.proposed_by,
    )  # fmt: skip
    written = ledger.post(
        by=approval.proposed_by, confirmed_by=second, month=into, about_month=row.period, kind=KIND,
        key=f"{KIND}:{row.pk}", entries=entries, inputs_digest=row.digest, text=str(row)[:300],
    )  # fmt: skip
    if share.bearer == Bearer.PERSON:
        dues.owe_back(row.pk, list(back(row)), row.month, row.into, written.journal)
    return written.journal


def back(row: Relief) -> Iterator[tuple[PayDeduction, int]]:
    """From which deductions how much is given back, the latest first; fen, together what is given back."""
    left = row.back_fen
    rows = PayDeduction.objects.filter(share=row.exemption.share_id).select_related("line")
    for one in rows.order_by("-into", "-pk"):
        if fen := min(left, one.fen):
            left -= fen
            yield one, fen


def numbers(pks: Sequence[int]) -> dict[int, str]:
    """The numbers of the decisions corrections follow from, by pk; at most one query."""
    rows = Relief.objects.filter(pk__in=pks).select_related("exemption__case") if pks else ()
    return {row.pk: row.exemption.case.number for row in rows}


def digest_of(approval: Approval) -> str:
    """The digest of the correction an approval is about; what it holds never changes."""
    found: str = Relief.objects.values_list("digest", flat=True).get(pk=approval.about_id)
    return found
