"""The evaluation of the fund: figures frozen at writing, versions kept, released by a second person."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from alliance.approvals import services as approvals
from alliance.lib.period import Month
from grouping.models import FundReport
from grouping.services import efficiency
from grouping.services.effects import Period, PeriodRefused
from tests.grouping.scene import HOME, TODAY, browser, inside, pages, queries, store, text
from tests.world import World

SEPTEMBER, OCTOBER = Period(Month(2026, 9), Month(2026, 9)), Period(Month(2026, 10), Month(2026, 10))
TEXTS = {"control": "次均下降", "quality": "入组稳定", "service": "住院日缩短", "conclusion": "继续"}
FORM = {
    "before_first": "2026-09", "before_last": "2026-09", "after_first": "2026-10", "after_last": "2026-10",
}  # fmt: skip


def some(world: World) -> None:
    rows = pages(world, 3, B12="2026-09-08 09:00:00", B15="2026-09-14 10:00:00", B20="6")
    for row in rows:
        row["A48"] = f"S{row['A48']}"
    store(world, rows)
    store(world, pages(world, 4))


def write(world: World, **texts: str) -> FundReport:
    with inside(world):
        return efficiency.write(by=world.luo, period=OCTOBER, compared=SEPTEMBER, texts={**TEXTS, **texts})


def figure(report: FundReport, code: str) -> dict[str, object]:
    found: dict[str, object] = next(one for one in report.figures if one["code"] == code)
    return found


def test_the_figures_are_those_of_the_cases_when_written_and_stay(scene: World) -> None:
    some(scene)
    first = write(scene)
    assert figure(first, "mean_stay") | {
        "n": 4,
        "before": "6.00",
        "after": "4.00",
        "change": "-2.00",
    } == figure(first, "mean_stay")
    assert figure(first, "fund_month")["after"] == "4000.00"  # 4 x (1,234.56 - 234.56) yuan in one month
    more = pages(scene, 2, D01="2234.56", D23="2000.00")
    for row in more:
        row["A48"] = f"M{row['A48']}"
    store(scene, more)
    second = write(scene)
    assert (first.version, second.version) == (1, 2) and first.digest != second.digest
    with inside(scene):
        kept = FundReport.objects.get(pk=first.pk)
        assert kept.figures == first.figures and figure(second, "mean_cost") != figure(kept, "mean_cost")
        assert efficiency.content_digest(kept) == kept.digest


def test_a_second_person_releases_the_newest_version_with_all_texts(scene: World) -> None:
    some(scene)
    old, empty = write(scene), write(scene, conclusion=" ")
    for report, reason in ((old, "older"), (empty, "texts")):
        with inside(scene), pytest.raises(efficiency.ReportRefused) as refused:
            efficiency.propose(by=scene.luo, report=report, on=TODAY)
        assert refused.value.reason == reason
    done = write(scene)
    with inside(scene):
        approval = efficiency.propose(by=scene.luo, report=done, on=TODAY)
        assert efficiency.open_approval(done) == approval
    with inside(scene):
        approvals.decide(by=scene.meng, approval=approval, verdict="yes")
        assert FundReport.objects.get(pk=done.pk).released_at is not None
        assert FundReport.objects.filter(released_at__isnull=False).count() == 1


def test_the_database_refuses_to_change_or_delete_a_version(scene: World) -> None:
    some(scene)
    report = write(scene)
    for change in ({"texts": {}}, {"figures": []}, {"version": 9}, {"last": date(2026, 1, 1)}):
        with inside(scene), pytest.raises(DatabaseError), transaction.atomic():
            FundReport.objects.filter(pk=report.pk).update(**change)
    with inside(scene), pytest.raises(DatabaseError), transaction.atomic():
        FundReport.objects.filter(pk=report.pk).delete()


def test_periods_that_overlap_are_refused(scene: World) -> None:
    with inside(scene), pytest.raises(PeriodRefused):
        efficiency.measure(OCTOBER, OCTOBER)


def test_it_is_written_read_and_released_in_the_browser(scene: World) -> None:
    some(scene)
    luo = browser(scene, "luo")
    bad = luo.post(f"{HOME}/fund-efficiency/write/", {**FORM, "before_last": "2026-10", **TEXTS})
    assert bad.status_code == 400 and "The periods overlap" in text(bad) and "入组稳定" in text(bad)
    assert luo.post(f"{HOME}/fund-efficiency/write/", {**FORM, **TEXTS}).status_code == 302
    with inside(scene):
        report = FundReport.objects.get()
    page = text(luo.get(f"{HOME}/fund-efficiency/{report.pk}/"))
    assert "Efficiency of the fund, October 2026" in page and "住院日缩短" in page and "−2.00" in page
    assert "住院日缩短" in text(luo.get(f"{HOME}/fund-efficiency/write/?from={report.pk}"))
    kong = browser(scene, "kong")
    assert kong.get(f"{HOME}/fund-efficiency/{report.pk}/").status_code == 404  # a draft is the office's
    assert luo.post(f"{HOME}/fund-efficiency/{report.pk}/propose/").status_code == 302
    with inside(scene):
        approval = efficiency.open_approval(report)
    assert approval is not None
    meng = browser(scene, "meng")
    assert "住院日缩短" in text(meng.get(f"{HOME}/approvals/{approval.pk}/"))
    meng.post(f"{HOME}/approvals/{approval.pk}/decide/", {"verdict": "yes", "step": "1"})
    assert "released" in text(kong.get(f"{HOME}/fund-efficiency/{report.pk}/"))
    assert luo.post(f"{HOME}/fund-efficiency/{report.pk}/propose/").status_code == 409


def test_the_list_costs_a_fixed_number_of_queries(scene: World) -> None:
    some(scene)
    client = browser(scene, "luo")
    write(scene)
    queries(client, "fund-efficiency/")
    before = queries(client, "fund-efficiency/")
    write(scene)
    write(scene)
    assert queries(client, "fund-efficiency/") == before
