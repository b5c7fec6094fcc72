"""Nine earlier months of the demonstration from the institutions' own records, for the control charts."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.demo.chance import below, stream
from alliance.tenancy.scope import act_in
from performance.demonstration.ground import Ground
from performance.models import EarlierValue, IndicatorValue
from performance.services import months

BACK, SWING = 9, 8  # months before the first, percent up or down by chance
SOURCE = "各单位绩效台账（上线前）"


def load(base: Ground, demo: DemoAlliance) -> str:
    """Values around those of the first settled month; a line of the report."""
    first = demo.pools[0].month
    with act_in(base.alliance), transaction.atomic():
        run = months.current(first)
        assert run is not None, "the months are computed before"
        known = IndicatorValue.objects.filter(settlement=run.settlement).exclude(value=None)
        rows = [
            EarlierValue(
                month=first.plus(-back).first_day, institution_id=one.institution_id, indicator=one.indicator,
                value=_near(one.value, demo.code, one.institution_id, one.indicator, back),
                counted=one.numerator, source=SOURCE,
            )
            for one in known.order_by("institution", "indicator")
            for back in range(1, BACK + 1)
        ]  # fmt: skip
        EarlierValue.objects.bulk_create(rows, batch_size=1_000)
    return f"{len(rows)} values of {BACK} earlier months"


def _near(value: Decimal | None, *seed: object) -> Decimal:
    assert value is not None, "only known values"
    dice = stream("earlier", *seed)
    near = (value * (100 - SWING + below(dice, 2 * SWING + 1)) / 100).quantize(Decimal("0.01"))
    # A share stays a share: what was at most a hundred does not pass it by chance.
    return min(near, Decimal(100)) if value <= 100 else near
