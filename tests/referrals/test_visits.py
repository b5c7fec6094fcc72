"""Visits of primary institutions: delivered once a month, corrected by a later statement, the base of V2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from alliance.lib.period import Month
from alliance.tenancy.scope import act_in
from referrals import facts
from referrals.models import VisitCount
from referrals.services import ReferralRefused, rates, visits
from tests.referrals.scene import NOW, prepare
from tests.referrals.test_rates import came
from tests.world import World

NOVEMBER = Month(2026, 11)
LATER = NOW + timedelta(days=40)
PAGE = "/a/qinghe/referrals/visits/?month=2026-11"


@pytest.fixture
def ready(world: World) -> Iterator[World]:
    with act_in(world.qinghe):
        prepare(world)
        came(world)
    with time_machine.travel(LATER, tick=False):
        yield world


def test_v2_is_assessed_once_the_visits_are_there(ready: World) -> None:
    with act_in(ready.qinghe):

        def of_shiqiao() -> tuple[int, int | None, str]:
            whose = next(
                one for one in rates.of_month(NOVEMBER, now=LATER) if one.institution == ready.shiqiao
            )
            (figure,) = whose.figures
            return figure.numerator, figure.denominator, str(figure.shown(2))

        assert of_shiqiao() == (1, None, "None")
        told = visits.deliver(by=ready.luo, institution=ready.shiqiao, month=NOVEMBER, visits=300, now=LATER)
        assert of_shiqiao() == (1, 300, "3.33")
        visits.deliver(by=ready.luo, institution=ready.shiqiao, month=NOVEMBER, visits=250, now=LATER)
        assert of_shiqiao() == (1, 250, "4.00")
        assert VisitCount.objects.count() == 2, "the earlier statement stays readable"
        # The one door: indicators read the same statement, and who has reported nothing is missing.
        told_of = {code: row and row.visits for code, row in facts.visits(NOVEMBER).items()}
        assert told_of["QH11"] == 250 and set(told_of.values()) <= {250, None}
        with pytest.raises(DatabaseError), transaction.atomic():
            VisitCount.objects.filter(pk=told.pk).update(visits=1)


def test_wrong_numbers_months_places_and_people_are_refused(ready: World) -> None:
    with act_in(ready.qinghe):
        for change, reason in (
            ({"visits": None}, "visits"), ({"visits": -1}, "visits"), ({"visits": 10**9}, "visits"),
            ({"month": Month(2026, 12)}, "visits_month"), ({"institution": ready.lead}, "visits_place"),
        ):  # fmt: skip
            asked = {"institution": ready.shiqiao, "month": NOVEMBER, "visits": 1} | change
            with pytest.raises(ReferralRefused) as caught:
                visits.deliver(by=ready.luo, now=LATER, **asked)  # type: ignore[arg-type]
            assert caught.value.reason == reason
        for name in ("lin", "zhao"):
            with pytest.raises(PermissionDenied):
                visits.deliver(
                    by=ready.people[name], institution=ready.shiqiao, month=NOVEMBER, visits=1, now=LATER
                )


def test_the_page_keeps_a_refused_number_and_takes_one_as_reports_write_it(ready: World) -> None:
    luo = ready.client("luo")
    empty = luo.get("/a/qinghe/referrals/rates/?month=2026-11").content.decode()
    assert "诊疗人次未报" in empty and "/referrals/visits/?month=2026-11" in empty
    refused = luo.post(PAGE, {"institution": ready.shiqiao.pk, "visits": "三百"})
    page = refused.content.decode()
    assert refused.status_code == 400 and 'value="三百"' in page and "整数" in page
    assert luo.post(PAGE, {"institution": ready.shiqiao.pk, "visits": "1，250"}).status_code == 302
    assert "1,250" in luo.get(PAGE).content.decode()
    own = ready.client("zhao").get(PAGE).content.decode()
    assert "1,250" in own and 'name="visits"' not in own
    assert luo.post(PAGE, {"institution": "x", "visits": "1"}).status_code == 404
