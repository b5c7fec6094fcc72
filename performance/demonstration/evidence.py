"""The evidence bundle of the demonstration's first month, written where its reader finds it, and verified."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alliance.demo import DemoAlliance
from alliance.ledger import facts as books
from alliance.ledger import services as ledger
from alliance.tenancy.scope import act_in
from performance.bundle import verify
from performance.demonstration.clock import acting, days_after
from performance.demonstration.ground import Ground
from performance.services import exporting, months

FOLDER = Path(settings.BASE_DIR) / "var" / "evidence"


def load(base: Ground, demo: DemoAlliance) -> str:
    """Close its books, write `var/evidence/<alliance>-<month>.zip`; a line of the report."""
    month = demo.pools[0].month
    file = FOLDER / f"{demo.code}-{month}.zip"
    file.parent.mkdir(parents=True, exist_ok=True)
    first, second = base.office
    with act_in(base.alliance), transaction.atomic():
        if month in books.open_months():
            with acting(days_after(month, 30)):
                ledger.close_period(by=first, confirmed_by=second, month=month)
        run = months.current(month)
        assert run is not None, "the first month is posted"
        with file.open("wb") as out:
            exporting.export(by=first, run=run, out=out, now=timezone.now())
    found = verify(file)
    said = "identical" if not found.differences else f"differs: {found.differences[0]}"
    size = file.stat().st_size // 1024
    return f"{file.relative_to(settings.BASE_DIR)}: {size} KiB, {found.lines} persons' lines, {said}"
