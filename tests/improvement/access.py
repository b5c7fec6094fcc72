"""An improvement item of one institution, small, of any alliance; its texts bear the mark."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from alliance.lib.canonical import to_plain
from alliance.models import Institution, Membership
from performance.improvement.models import Item, Measure
from performance.improvement.services import definition_digest
from performance.models import IndicatorValue, MonthRun

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)


def item(office: Membership, place: Institution, run: MonthRun, mark: str) -> Item:
    """Planned, on a figure of the month; its two cases alone are too few for any indicator of its own."""
    assert run.settlement is not None
    defined = run.settlement.indicators()["cmi"]
    value: IndicatorValue = IndicatorValue.objects.create(
        settlement=run.settlement,
        institution=place,
        indicator="crawl",
        value=Decimal(2),
        formula={"tokens": []},
    )
    row: Item = Item.objects.create(
        title=mark, institution=place, source="portrait", source_text=mark, indicator=value.indicator,
        definition=to_plain(defined), definition_digest=definition_digest(defined), wanted=Decimal(1),
        cause=mark, opened_by=office, opened_at=NOW,
    )  # fmt: skip
    Measure.objects.create(
        item=row, month=run.month, baseline=True, computed=value, value=value.value, taken_by=office,
        definition_digest=row.definition_digest, taken_at=NOW,
    )  # fmt: skip
    return row
