"""Own indicators: two persons, versions by month, circles and unknown terms named, scored like any other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.utils import DatabaseError

from alliance.lib.period import Month
from performance.engine.expression import ExpressionRefused
from performance.engine.ownform import OwnFormRefused
from performance.models import IndicatorValue, OwnIndicator
from performance.own import facts, services
from performance.own.services import Meaning, OwnRefused
from performance.services import schemes
from tests.performance.declared_scene import NOW, scheme_with
from tests.performance.scene import compute, inside, prepare
from tests.world import World

MAY = Month(2026, 5)
MEANING = Meaning(
    "long_stays", "平均住院天数（自定）", "Own mean stay", "住院天数÷出院例数。", "Days over discharges.",
    "days", "lower", 2, 0,
)  # fmt: skip


def entered(
    world: World, expression: str = "stay_days ÷ discharges", first: Month = MAY, **more: Any
) -> OwnIndicator:
    meaning = replace(MEANING, **more)
    return services.enter(by=world.luo, meaning=meaning, expression=expression, first=first, now=NOW)


@pytest.fixture
def house(world: World) -> Any:
    with inside(world):
        yield world


def test_it_is_in_force_once_a_second_person_agrees(house: World) -> None:
    row = entered(house)
    assert "long_stays" not in schemes.known_indicators()
    with pytest.raises(OwnRefused, match="two different people"):
        services.check(by=house.luo, row=row, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        OwnIndicator.objects.filter(pk=row.pk).update(state="checked", checked_by=house.luo, checked_at=NOW)
    with pytest.raises(OwnRefused, match="waits for its second person"):
        entered(house, "2 × stay_days ÷ discharges")
    services.check(by=house.meng, row=row, now=NOW)
    known = schemes.known_indicators("institution")["long_stays"]
    assert (known.numerator, known.denominator, known.form) == (("stay_days",), ("discharges",), "ratio")
    assert "long_stays" not in schemes.known_indicators("department")
    with pytest.raises(OwnRefused, match="the same already"):
        entered(house, first=MAY.next())


def test_a_month_reads_the_version_that_had_begun(house: World) -> None:
    services.check(by=house.meng, row=entered(house), now=NOW)
    with pytest.raises(OwnRefused, match="before the version in force"):
        entered(house, "2 × stay_days ÷ discharges")
    second = entered(house, "2 × stay_days ÷ discharges", first=Month(2026, 8))
    services.check(by=house.meng, row=second, now=NOW)
    assert OwnIndicator.objects.get(code="long_stays", number=1).last_month == Month(2026, 7).first_day
    scales = {month: facts.indicators(Month(2026, month))["long_stays"].scale for month in (5, 7, 8, 10)}
    assert scales == {5: 1, 7: 1, 8: 2, 10: 2}
    done = services.retire(by=house.luo, row=OwnIndicator.objects.get(pk=second.pk), last=Month(2026, 9))
    assert done.state == "retired" and "long_stays" not in facts.indicators(retired=False)
    assert "long_stays" in schemes.known_indicators()  # for the schemes that count it


def test_circles_and_unknown_terms_are_refused_by_name(house: World) -> None:
    with pytest.raises(ExpressionRefused, match="stay_dayz"):
        entered(house, "stay_dayz ÷ discharges")
    with pytest.raises(ExpressionRefused, match="circle"):
        entered(house, "long_stays + discharges")
    entered(house, "discharges + deaths", code="both_ends")
    with pytest.raises(ExpressionRefused, match="both_ends"):
        entered(house, "both_end + discharges")
    with pytest.raises(OwnRefused, match="dictionary already"):
        entered(house, code="cmi")
    with pytest.raises(OwnFormRefused, match="scheme scores"):
        entered(house, "max(stay_days, discharges)")
    with pytest.raises(OwnRefused, match="different spans"):
        entered(house, "core_system_points ÷ discharges")


def test_a_month_is_scored_by_it(world: World, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare(world)
    with inside(world):
        services.check(by=world.meng, row=entered(world, direction="higher"), now=NOW)
        scheme_with(world, "long_stays")
    run = compute(world)
    with inside(world):
        own, shipped = (
            IndicatorValue.objects.get(
                settlement=run.settlement, institution=world.lead, indicator=code
            ).value
            for code in ("long_stays", "mean_stay")
        )
    assert own == shipped
    page = (
        world.client("luo").get("/a/qinghe/months/2026-10/institutions/QH01/why/long_stays/").content.decode()
    )
    assert "平均住院天数（自定）" in page


def test_the_pages_of_own_indicators(world: World) -> None:
    office, second = world.client("luo"), world.client("meng")
    with time_machine.travel(NOW, tick=False):
        url = "/a/qinghe/own-indicators/new/"
        assert "stay_days" in office.get(f"{url}?expression=stay_days").content.decode()
        sent = {
            "expression": "stay_days ÷ dischargez", "code": "long_stays", "name_zh": "自定住院日",
            "definition_zh": "x", "unit": "days", "direction": "lower", "decimals": "2", "minimum_n": "0",
            "first_month": "2026-10",
        }  # fmt: skip
        refused = office.post(url, sent)
        assert refused.status_code == 400 and "dischargez" in refused.content.decode()
        assert office.post(url, sent | {"expression": "stay_days ÷ discharges"}).status_code == 302
        with inside(world):
            step = f"/a/qinghe/own-indicators/{OwnIndicator.objects.get().pk}/check/"
        office.post(step)
        assert "确认生效" in second.get("/a/qinghe/own-indicators/").content.decode()
        second.post(step)
        assert "自定住院日" in office.get("/a/qinghe/indicators/?q=long_stays").content.decode()
        page = office.get("/a/qinghe/indicators/long_stays/").content.decode()
        assert "自定义指标" in page and "孟繁星" in page
    assert world.client("qiao").get("/a/jiangzhou/indicators/long_stays/").status_code == 404
