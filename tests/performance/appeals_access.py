"""An appeal of any institution, small: one line of pay, one file."""

from __future__ import annotations

from datetime import timedelta

from alliance.models import Membership
from alliance.services import files
from performance.models import Appeal, AppealFile, AppealLine, PayLine
from tests.performance.pay_scene import NOW
from tests.performance.scene import OCTOBER


def appeal(by: Membership, line: PayLine, mark: str) -> Appeal:
    """Filed, not acknowledged."""
    due = NOW + timedelta(days=21)
    made: Appeal = Appeal.objects.create(
        month=OCTOBER.first_day, kind="personal", institution=line.pot.institution, text=mark, filed_by=by,
        filed_at=NOW, rule="WD15", due_at=due, due_first_at=due, escalates_at=due - timedelta(days=3),
    )  # fmt: skip
    AppealLine.objects.create(
        appeal=made, number=1, about="pay", pay_line=line, institution=line.pot.institution, said=mark,
        disputed_fen=50,
    )  # fmt: skip
    scan = files.store(
        by=by, name=f"{mark}.pdf", content=[b"%PDF-1.4"], purpose="evidence", content_type="application/pdf",
        limit=99, institution=line.pot.institution,
    )  # fmt: skip
    AppealFile.objects.create(appeal=made, file=scan)
    return made
