"""A violation case of one institution, small, of any alliance; its texts bear the mark."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alliance.models import Institution, Membership
from performance.violations.models import Evidence, Violation
from tests.agreements.access import paper

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)


def violation(
    office: Membership, place: Institution, steward: Membership, mark: str, serial: int
) -> Violation:
    """Warned and heard, with a file on either side."""
    file = paper(office, place, mark)
    row: Violation = Violation.objects.create(
        number=f"WY{serial:04d}", kind="data", institution=place, title=mark, facts=mark, source="hand",
        opened_by=office, opened_at=NOW,
    )  # fmt: skip
    Evidence.objects.create(violation=row, kind="other", text=mark, file=file, added_by=office, added_at=NOW)
    Violation.objects.filter(pk=row.pk).update(
        state="warned", warning=mark, warned_by=office, warned_at=NOW, due_at=NOW + timedelta(days=7)
    )
    Violation.objects.filter(pk=row.pk).update(
        state="heard", statement=mark, statement_file=file, stated_by=steward, stated_at=NOW
    )
    found: Violation = Violation.objects.named().get(pk=row.pk)
    return found
