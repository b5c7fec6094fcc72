"""Handing a month out: one file that anybody can recompute (walls 4: export is its own permission)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from alliance.models import Membership
from alliance.services import journal
from performance.bundle import bundle
from performance.models import MonthRun
from performance.services.rights import require


@transaction.atomic
def export(*, by: Membership, run: MonthRun, request: Any = None) -> bytes:
    """The file of a run with a result, as canonical JSON; without any patient; journaled."""
    require(by, "export.run")
    settlement = run.settlement
    assert settlement is not None, "callers choose a run with a result"
    head = {
        "alliance": by.alliance.code, "month": run.period, "run": run.number,
        "code_version": settlement.code_version, "scheme": settlement.scheme.code,
        "scheme_version": settlement.scheme.version, "scheme_digest": settlement.scheme_digest,
    }  # fmt: skip
    content = bundle(head, inputs=settlement.frozen(), result=settlement.result)
    journal.write(
        by=by, verb="month.exported", about=run, request=request, digest=settlement.result_digest,
        size=len(content),
    )  # fmt: skip
    return content
