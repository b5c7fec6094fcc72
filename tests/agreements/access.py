"""A signed agreement of one institution, small, of any alliance; its texts bear the mark."""

from __future__ import annotations

from datetime import UTC, date, datetime

from alliance.models import Attachment, Institution, Membership
from alliance.services import files
from performance.agreements.models import Agreement, Clause, ClauseCheck

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
BEGINS, ENDS = date(2026, 1, 1), date(2026, 12, 31)


def paper(by: Membership, place: Institution, mark: str) -> Attachment:
    """A scan."""
    return files.store(
        by=by, name=f"{mark}.pdf", content=[mark.encode()], purpose="evidence",
        content_type="application/pdf", limit=9_999, institution=place,
    )  # fmt: skip


def agreement(office: Membership, second: Membership, place: Institution, mark: str) -> Agreement:
    """In force, with one clause the office checked by hand."""
    scan = paper(office, place, mark)
    row: Agreement = Agreement.objects.create(
        kind="service", institution=place, party="insurer", party_name=mark, number=mark, title=mark,
        begins=BEGINS, ends=ENDS, signed_on=BEGINS, scan=scan, entered_by=office, entered_at=NOW,
    )  # fmt: skip
    clause = Clause.objects.create(
        agreement=row, place=1, topic="settlement", title=mark, text=mark, way="hand", per="quarter",
        checker=office,
    )  # fmt: skip
    Agreement.objects.filter(pk=row.pk).update(state="waiting")
    Agreement.objects.filter(pk=row.pk).update(state="in_force", checked_by=second, checked_at=NOW)
    ClauseCheck.objects.create(
        clause=clause, first=date(2026, 7, 1), standing="kept", note=mark, file=scan, checked_by=office,
        checked_at=NOW,
    )  # fmt: skip
    found: Agreement = Agreement.objects.named().get(pk=row.pk)
    return found
