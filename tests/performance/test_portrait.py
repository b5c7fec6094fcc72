"""The portrait of an institution, the comparison, and what moved unusually, over months with a result."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from performance.demonstration import history
from performance.models import IndicatorValue, Line, MonthRun
from performance.show import ranks
from tests.performance.scene import OCTOBER, compute, inside, post
from tests.performance.test_pages import BASE, text
from tests.world import World

PORTRAIT, COMPARE = f"{BASE}institutions/QH01/portrait/", f"{BASE}compare/"
STAY = "mean_stay"  # 4 days in October


@pytest.fixture
def month(qinghe: World) -> World:
    """October computed."""
    assert compute(qinghe).state == "computed"
    return qinghe


def before(world: World, back: int, stay: str | None) -> None:
    """A month so many before October with October's result, but this mean stay at the lead hospital."""
    with inside(world):
        run = MonthRun.objects.select_related("settlement").get(month=OCTOBER.first_day)
        assert run.settlement is not None
        found = copy(run.settlement)
        rows = [list(model.objects.filter(settlement=found)) for model in (IndicatorValue, Line)]
        found.pk, found._state.adding, found.month = None, True, OCTOBER.plus(-back).first_day
        found.save()
        for row in (row for part in rows for row in part):
            row.pk, row.settlement = None, found
            if getattr(row, "indicator", "") == STAY and row.institution_id == world.lead.pk:
                row.value = None if stay is None else Decimal(stay)
        for model, part in zip((IndicatorValue, Line), rows, strict=True):
            model.objects.bulk_create(part)
        new = MonthRun.objects.create(month=found.month, number=1, started_by=world.su)
        new.settlement = found
        new.compute()
        new.save()


def get(world: World, name: str, path: str, status: int = 200) -> str:
    """A page in English."""
    page = world.client(name, HTTP_ACCEPT_LANGUAGE="en").get(path)
    assert page.status_code == status, (name, path, page.status_code)
    return page.content.decode()


def queries(world: World, path: str) -> int:
    client = world.client("su")
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_points_lost_and_the_score_make_a_hundred(month: World) -> None:
    response = month.client("su", HTTP_ACCEPT_LANGUAGE="en").get(PORTRAIT)
    line, costs = response.context["line"], response.context["losses"]
    assert line.score is not None and costs
    lost = [Decimal(one.lost) for one in costs]
    assert lost == sorted(lost, reverse=True)
    assert sum(lost) + line.score == pytest.approx(Decimal(100), abs=Decimal("0.01") * len(lost))
    page = text(response.content.decode())
    assert "Full points at" in page and costs[0].name in page


def test_a_goal_says_how_many_more_are_missing(month: World) -> None:
    page = text(get(month, "su", f"{BASE}institutions/QH11/portrait/"))
    # The township accepted none of its referrals itself; what it reached stands beside what is missing.
    assert "more of" in page or "fewer of" in page


def test_few_months_have_no_limits_but_a_sudden_change_is_told(month: World) -> None:
    before(month, 1, "8")
    page = text(get(month, "su", PORTRAIT))
    assert "Limits of usual movement are drawn from 6 earlier months on" in page
    assert "4.00 days after 8.00 days: a fall of 30 % or more within one month." in page
    assert "sudden fall" in text(get(month, "su", COMPARE))


def test_a_value_outside_its_limits_is_told_and_drawn(month: World) -> None:
    for back, stay in enumerate(("5.5", "5.4", None, "5.6", "5.5", "5.4", "5.5"), 1):
        before(month, back, stay)
    page = text(get(month, "su", PORTRAIT))
    # Mean of 5.5 5.4 5.5 5.6 5.4 5.5 is 5.4833; 2.66 x the mean of their steps, 0.12, is 0.3192.
    assert (
        "4.00 days is below the lower limit of usual movement, 5.16 days." in page and "5.16 – 5.80" in page
    )
    own = get(month, "su", f"{BASE}institutions/QH01/why/{STAY}/")
    assert "Usual: 5.16 to 5.80, from 6 earlier months" in text(own) and '"diamond"' in own
    assert "below its limit" in text(own)


def test_months_before_the_first_result_are_known_from_own_records(month: World) -> None:
    head = "month,institution,indicator,value,source\n"
    values = ("5.5", "5.4", "5.6", "5.5", "5.4", "5.5")
    lines = "".join(
        f"{OCTOBER.plus(-back)},QH01,{STAY},{value},台账\n" for back, value in enumerate(values, 1)
    )
    luo, address = month.client("luo"), "/a/qinghe/data/performance/earliervalue/import/"

    def sent(text: str) -> Any:
        return luo.post(address, {"file": SimpleUploadedFile("历史.csv", text.encode())})

    wrong = sent(head + lines + "2026-01,QH01,fortune,1,台账\n").context["outcome"]
    assert {fault.line for fault in wrong.faults} == {8}
    assert luo.post(sent(head + lines).context["confirm"]).status_code == 302
    page = text(get(month, "su", PORTRAIT))
    assert "below the lower limit of usual movement" in page
    own = text(get(month, "su", f"{BASE}institutions/QH01/why/{STAY}/"))
    assert "from 6 earlier months" in own and "own records" in own
    # An institution sees its own lines and changes none; the month that was settled speaks for itself.
    lin = month.client("lin")
    assert lin.get(address).status_code == 403
    assert lin.get("/a/qinghe/data/performance/earliervalue/").status_code == 200


def test_queries_grow_neither_with_months_nor_with_institutions(month: World) -> None:
    before(month, 1, "5")
    few = [queries(month, path) for path in (PORTRAIT, COMPARE)]
    for back in range(2, 8):
        before(month, back, "5")
    demo: Any = SimpleNamespace(code="qinghe", pools=[SimpleNamespace(month=OCTOBER)])
    ground: Any = SimpleNamespace(alliance=month.qinghe)
    assert history.load(ground, demo).endswith("values of 9 earlier months")
    assert few == [queries(month, path) for path in (PORTRAIT, COMPARE)]


def test_a_quarter_counts_decided_months_alone(month: World) -> None:
    path = f"{BASE}standing/"
    assert "No decided month yet" in text(get(month, "su", path))
    with inside(month):
        run = MonthRun.objects.get()
    post(month, run)
    page = text(get(month, "su", path))
    assert "1 of 3 months" in page and "1 of 12 months" in page and "the year is not over" in page
    few = queries(month, path)
    for back in (1, 2):
        before(month, back, "5")
    assert queries(month, path) == few


def test_a_member_sees_the_comparison_but_no_other_portrait(month: World) -> None:
    page = get(month, "wu", COMPARE)
    assert "institutions/QH01/portrait/" in page and "institutions/QH11/portrait/" not in page
    get(month, "wu", PORTRAIT)
    get(month, "wu", f"{BASE}institutions/QH11/portrait/", status=404)


def test_who_was_assessed_for_little_takes_no_place(month: World) -> None:
    with inside(month):
        lines = list(Line.objects.order_by("institution__code"))
        full, little = lines[0], lines[1]
        full.possible, little.possible, little.score = Decimal(100), Decimal(20), Decimal(100)
        compared = ranks.scores([full, little], least_assessed=ranks.least(OCTOBER)[1])
        assert compared == {full.institution.code: full.score, little.institution.code: None}
        assert ranks.places(compared, least=1) == {full.institution.code: ranks.Place(1, shared=False)}
