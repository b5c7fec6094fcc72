"""Before the first month of the demonstration: nine months of own records, for the control charts, and the
results of three years as they were decided on paper, with which streaks begin.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.demo.chance import below, stream
from alliance.models import Institution
from alliance.services.files import Upload
from alliance.tenancy.scope import act_in
from performance.consequences.services import earlier_years
from performance.declared.services.proving import keep
from performance.demonstration.deliveries import local
from performance.demonstration.ground import Ground
from performance.models import EarlierScore, EarlierValue, IndicatorValue
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


# Year, the lead's score of it, and whether a second person has compared it with its document.
YEARS = ((2023, 88, False), (2024, 91, True), (2025, 93, True))
EXCELLENT, FAIL = 90, 60  # the lines of those years' decisions


def years(base: Ground) -> str:
    """The decisions on three years before: two count, the oldest waits for its second person."""
    office, second = base.office[0], base.office[1]
    places = [one for _code, one in sorted(base.places.items()) if one.kind != "village"]
    with act_in(base.alliance), transaction.atomic():
        for year, top, checked in YEARS:
            now = local(datetime(2026, 10, 12, 9, 30))
            scan = Upload(f"{year}年度考核结果.pdf", [b"%PDF-1.4\n%%EOF\n"], "application/pdf", 1 << 20)
            row = earlier_years.enter(
                by=office, year=year, body="医共体管理委员会", decided_on=date(year + 1, 1, 22),
                document=f"医共体〔{year + 1}〕4号", scan=keep(by=office, place=None, uploads=[scan])[0],
                lines=[_decided(base, place, year, top) for place in places], now=now,
            )  # fmt: skip
            if checked:
                earlier_years.confirm(by=second, row=row, now=now)
        return f"{len(YEARS)} years decided on paper, {EarlierScore.objects.count()} scores"


def _decided(base: Ground, place: Institution, year: int, top: int) -> earlier_years.Given:
    """The lead leads; the others lie up to eight points below, by chance."""
    lead = place.role == Institution.Role.LEAD
    below_it = Decimal(0 if lead else below(stream("year", base.alliance.code, place.code, year), 81)) / 10
    score = Decimal(top) - below_it
    grade = "excellent" if score >= EXCELLENT else "fail" if score < FAIL else "pass"
    return earlier_years.Given(place, score, grade)
