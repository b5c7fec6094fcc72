"""A signed opinion of one institution, small, of any alliance; its texts bear the mark."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alliance.models import Institution, Membership
from performance.verification.models import Opinion, VerifiedItem
from tests.agreements.access import paper

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)


def opinion(office: Membership, place: Institution, case: Any, mark: str) -> Opinion:
    """On one case of its month, with evidence on both levels."""
    file = paper(office, place, mark)
    row: Opinion = Opinion.objects.create(
        month=case.month, institution=place, seed=mark, size=1, population=1, drawn_by=office, drawn_at=NOW
    )
    VerifiedItem.objects.create(
        opinion=row, place=1, case=case, record_no=mark, found="differs", note=mark, file=file, checked_at=NOW
    )
    Opinion.objects.filter(pk=row.pk).update(
        verdict="partly", text=mark, digest=mark, file=file, signed_at=NOW
    )
    found: Opinion = Opinion.objects.named().get(pk=row.pk)
    return found
