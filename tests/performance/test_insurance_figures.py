"""The insurance desk in a month: a scheme divides its records, each figure opens to them, nobody is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution
from grouping.models import Case
from performance import collect
from performance.collect.declared import DECLARED
from performance.collect.insurance import OFFSITE, OFFSITE_KEYS
from performance.engine.scheme import demonstration_scheme
from performance.models import IndicatorValue
from performance.services import schemes
from referrals.offsite import services as offsite
from tests.performance import declared_scene as declaring
from tests.performance import insurance_scene as desk
from tests.performance.scene import compute, inside, prepare
from tests.world import World

OCTOBER = Month(2026, 10)
NOON = datetime(2026, 10, 14, 12, tzinfo=SHANGHAI)
PLACES = {
    "cmi": "offsite_in_time", "accepted_in_time": "abnormal_in_time", "down_arrivals": "experience_settled",
}  # fmt: skip


def scheme(world: World) -> None:
    """The demonstration scheme scoring what the desk does in the place of three of its own."""
    plain = demonstration_scheme()
    columns = tuple(
        replace(
            column,
            items=tuple(
                replace(item, indicator=PLACES.get(item.indicator, item.indicator)) for item in column.items
            ),
        )
        for column in plain.columns
    )
    changed = replace(plain, version="2026-9", effective_from=date(2026, 2, 1), columns=columns)
    schemes.adopt(by=world.luo, scheme=changed)


def october(world: World) -> None:
    """Eleven requests of which nine in time, one withdrawn unanswered; five abnormal cases, four in time."""
    desk.desk(world)
    for number in range(9):
        desk.answered(world, f"m{number}", NOON)
    desk.answered(world, "late", NOON, after=61)
    desk.filing(world, "silent", NOON)
    offsite.withdraw(filing=desk.filing(world, "gone", NOON), now=NOON + timedelta(minutes=5))
    for number, case in enumerate(Case.objects.filter(institution=world.lead).order_by("pk")[:5]):
        desk.abnormal(world, case, NOON, days=None if number == 4 else 0)
    desk.day(world, date(2026, 10, 16))
    desk.group(world, date(2026, 10, 16))


def found(month: Month = OCTOBER) -> dict[tuple[str, str], Any]:
    places = list(Institution.objects.filter(is_active=True).select_related("parent"))
    keys = OFFSITE_KEYS | {"abnormal_reports", "abnormal_in_time", "experience_asked", "focus_groups"}
    facts = collect.facts_of({month: keys}, places)
    return {(one.institution, one.key): (one.value, one.evidence_kind) for one in facts}


def test_a_scheme_scores_the_desk_and_each_figure_opens_to_its_records(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare(world)
    with inside(world):
        october(world)
        scheme(world)
    run = compute(world)
    with inside(world):
        rows = IndicatorValue.objects.filter(settlement=run.settlement, institution=world.lead)
        got = {
            row.indicator: (row.numerator, row.denominator, row.value)
            for row in rows
            if row.indicator in PLACES.values()
        }
    assert got == {
        "offsite_in_time": (9, 11, Decimal("81.82")), "abnormal_in_time": (4, 5, 80),
        "experience_settled": (9, 12, 75),
    }  # fmt: skip
    luo, at = world.client("luo"), "/a/qinghe/months/2026-10/institutions/QH01/records/2026-10"
    counts = {
        "offsite_filings": 11, "offsite_in_time": 9, "abnormal_reports": 5, "abnormal_in_time": 4,
        "experience_asked": 1,
    }  # fmt: skip
    for key, number in counts.items():
        answer = luo.get(f"{at}/{key}/")
        body = answer.content.decode().split("<tbody", 1)[-1].split("</tbody", 1)[0]
        assert answer.status_code == 200 and body.count("<tr") == number, key
        assert "龚木良" not in answer.content.decode()
    rest = luo.get(f"{at}/offsite_in_time/?view=rest").content.decode()
    assert "超过时限才答复" in rest and "尚未答复" in rest
    assert world.client("tan").get(f"{at}/offsite_filings/").status_code == 404


def test_filings_taken_here_count_before_what_is_declared(world: World) -> None:
    with inside(world):
        desk.desk(world)
        desk.answered(world, now=NOON)
        for place in (world.lead, world.tcm):
            numbers = {"offsite_filings": 40, "offsite_in_time": 38}
            declaring.confirmed(
                world, *(declaring.entry(place, key, value) for key, value in numbers.items()),
                by="luo", second="meng",
            )  # fmt: skip
        known = found()
        assert known["QH01", "offsite_filings"] == known["QH01", "offsite_in_time"] == (1, OFFSITE)
        assert known["QH02", "offsite_filings"] == (40, DECLARED)
        # Nothing else is recorded elsewhere: a month without one is a known zero.
        assert known["QH02", "focus_groups"] == (0, "focus_group")
        # Before the first filing nothing is known here; after it a month without one is zero.
        assert ("QH01", "offsite_filings") not in found(OCTOBER.previous())
        assert found(OCTOBER.next())["QH01", "offsite_filings"] == (0, OFFSITE)
