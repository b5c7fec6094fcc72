"""Which evidence bundles left the house: a row each that the database keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max

from alliance.models import Membership
from performance.models import HandedOut, MonthRun


def keep(
    *, by: Membership, run: MonthRun, digest: str, size: int, manifest: dict[str, Any], now: datetime
) -> HandedOut:
    """Keep one, as the next of its run; two that are written at once stand one after the other."""
    MonthRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    last = HandedOut.objects.filter(run=run).aggregate(last=Max("number"))["last"]
    row: HandedOut = HandedOut.objects.create(
        run=run, number=(last or 0) + 1, digest=digest, size=size, manifest=manifest, handed_by=by,
        handed_at=now,
    )  # fmt: skip
    return row
