"""Dry runs: a draft on past months, what it shifts, and that nothing that counts is touched."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from alliance.lib import sheets
from alliance.lib.period import Month
from alliance.services import jobs
from grouping.models import GroupedCase, GroupingRun, SchemeVersion, TrialCase
from grouping.services import dryrun, edits, runs, versions
from tests.grouping.scene import HOME, TODAY, browser, inside, pages, queries, store, text
from tests.grouping.schemes import CITY, imported, package
from tests.grouping.test_schemes import rows
from tests.grouping.test_tariffs import released
from tests.world import World

NOVEMBER = Month(2026, 11)


def heavier(world: World) -> SchemeVersion:
    """A draft in which every weight of 0.8460 is 1.2690: half as much again."""
    with inside(world):
        shipped = SchemeVersion.objects.get(form="shipped")
        draft = edits.copy(by=world.luo, version=shipped, named="2027")
        groups = [one for found in versions.package_of(draft).drgs.values() for one in found]
        changed = {one.code: {"weight": "1.2690"} for one in groups if str(one.weight) == "0.8460"}
        return edits.edit(by=world.luo, version=draft, changes=changed)


def tried(world: World, client: Any = None) -> GroupingRun:
    """September and October stored, the draft tried on both."""
    store(world, rows(world) + pages(world, 3, A48="Z1")[:1])
    draft = heavier(world)
    months = {"first": "2026-09", "last": "2026-10"}
    with inside(world):
        found = {str(month) for month in dryrun.months_with_cases()}
    assert set(months.values()) <= found
    sent = (client or browser(world, "luo")).post(f"{HOME}/schemes/versions/{draft.pk}/dry-run/", months)
    assert sent.status_code == 302
    with inside(world):
        return GroupingRun.objects.get(kind="trial")


def test_a_dry_run_shows_its_progress_then_what_it_shifts_and_touches_nothing(scene: World) -> None:
    client = browser(scene, "luo")
    run = tried(scene, client)
    with inside(scene):
        before = list(GroupedCase.objects.order_by("pk").values())
    at = f"{HOME}/schemes/trials/{run.pk}/"
    assert "enters nothing" in text(client.get(at)) and client.get(f"{at}progress/").status_code == 200
    assert client.get(f"{at}csv/").status_code == 404
    jobs.drain(scene.qinghe)
    page = text(client.get(at))
    assert "0 of 3 cases change their group" in page and "+0.8460" in page.replace("+0.85", "+0.8460")
    assert "same group, other weight" in page and "no rate is in force" in page
    with inside(scene):
        assert list(GroupedCase.objects.order_by("pk").values()) == before
        assert TrialCase.objects.filter(run=run).count() == 3
        whole = dryrun.summed(GroupingRun.objects.get(pk=run.pk), today=TODAY).all
        assert (str(whole.weight.normalize()), whole.changed, whole.cases) == ("0.846", 0, 3)


def test_where_a_tariff_is_in_force_weight_is_money(scene: World) -> None:
    released(scene, "rate", [{"key": "/secondary", "value": "1000000"}], date(2026, 10, 1))
    released(scene, "coefficient", [{"key": "QH01", "value": "1.05"}], date(2026, 1, 1))
    run = tried(scene)
    jobs.drain(scene.qinghe)
    with inside(scene):
        whole = dryrun.summed(GroupingRun.objects.get(pk=run.pk), today=TODAY).all
    assert (
        whole.fen == 444_150 and whole.new.without_rate == 1
    )  # 0.423 x 10,000 yuan x 1.05; September has none
    page = text(browser(scene, "luo").get(f"{HOME}/schemes/trials/{run.pk}/"))
    assert "+4,441.50" in page and "no rate is in force on their day" in page


def test_the_cases_behind_a_figure_can_be_opened(scene: World) -> None:
    run = tried(scene)
    jobs.drain(scene.qinghe)
    client = browser(scene, "luo")
    at = f"{HOME}/schemes/trials/{run.pk}/"
    opened = text(client.get(f"{at}?institution=QH01"))
    assert "内科" in opened and "department=03" in opened
    listed = text(client.get(f"{at}cases/?old=ES21&new=ES21"))
    assert listed.count("1.2690") == 2 and "R00000/1" in listed and "人0" not in listed
    assert (
        text(client.get(f"{at}cases/?department=03")).count("1.2690") == 2
    )  # the third case weighs the same
    assert "No case changes" in text(client.get(f"{at}cases/?department=99"))
    file = b"".join(client.get(f"{at}csv/")).decode()
    assert "ES21" in file and ",2.538," in file
    assert all(line.endswith(",,") for line in file.splitlines()[1:])  # no rate in force: no zero yuan
    assert client.get(f"{at}?institution=NOBODY").status_code == 404


def test_the_page_costs_the_same_queries_on_more_cases(scene: World) -> None:
    run = tried(scene)
    jobs.drain(scene.qinghe)
    client = browser(scene, "luo")
    client.get(f"{HOME}/schemes/trials/{run.pk}/")
    few = queries(client, f"schemes/trials/{run.pk}/")
    with inside(scene):
        version = run.version
        assert version is not None
    store(scene, pages(scene, 20))
    with inside(scene):
        again = runs.begin_trial(by=scene.luo, version=version, first=Month(2026, 9), last=Month(2026, 10))
    jobs.drain(scene.qinghe)
    client.get(f"{HOME}/schemes/trials/{again.pk}/")
    assert queries(client, f"schemes/trials/{again.pk}/") == few


def test_old_groups_bear_old_names_and_cases_that_fall_out_of_grouping_are_said_first(scene: World) -> None:
    """A version that has no ES21 and whose other pneumonia groups take nobody: both cases fall out."""
    store(scene, rows(scene))
    none = {
        "ES21,肺炎，伴严重并发症或合并症,mcc,": "ES29,另一名称,age > 200,",
        "ES23,肺炎，伴并发症或合并症,cc,": "ES23,肺炎，伴并发症或合并症,age > 200,",
        "不伴并发症或合并症,true,0.6000": "不伴并发症或合并症,age > 200,0.6000",
    }
    other = imported(scene, package(**CITY, **none))
    with inside(scene):
        assert "ES21" not in dryrun.names_of(versions.package_of(other))
        run = runs.begin_trial(by=scene.luo, version=other, first=Month(2026, 9), last=Month(2026, 10))
    jobs.drain(scene.qinghe)
    page = text(browser(scene, "luo").get(f"{HOME}/schemes/trials/{run.pk}/"))
    assert '<span class="code">ES21</span> 肺炎，伴严重并发症或合并症' in page
    assert page.index("grouping rate") < page.index("cases with another group")
    assert "100.00% → 0.00%" in page and "2 lose their group, 0 gain one" in page
    assert "The grouping rate falls: 2 cases lose their group" in page


def test_months_without_cases_and_in_the_wrong_order_are_refused(scene: World) -> None:
    store(scene, rows(scene))
    draft = heavier(scene)
    client = browser(scene, "luo")
    wrong = client.post(
        f"{HOME}/schemes/versions/{draft.pk}/dry-run/", {"first": "2026-10", "last": "2026-09"}
    )
    assert wrong.status_code == 400 and "before the first" in text(wrong)
    with inside(scene), pytest.raises(runs.RunRefused):
        runs.begin_trial(by=scene.luo, version=draft, first=NOVEMBER, last=NOVEMBER)


def test_a_discarded_dry_run_is_gone_and_who_may_only_look_begins_none(scene: World) -> None:
    run = tried(scene)
    jobs.drain(scene.qinghe)
    at = f"{HOME}/schemes/trials/{run.pk}/"
    looker = browser(scene, "ding")
    assert looker.get(at).status_code == 200 and looker.post(f"{at}discard/").status_code == 403
    assert looker.get(f"{HOME}/schemes/versions/{run.version_id}/dry-run/").status_code == 403
    assert browser(scene, "luo").post(f"{at}discard/").status_code == 302
    assert browser(scene, "luo").get(at).status_code == 404
    with inside(scene):
        assert TrialCase.objects.count() == 0


def test_the_council_gets_a_sheet_and_a_workbook_that_tie_to_the_page(scene: World) -> None:
    client = browser(scene, "luo")
    released(scene, "rate", [{"key": "/secondary", "value": "1000000"}], date(2026, 1, 1))
    run = tried(scene, client)
    at = f"{HOME}/schemes/trials/{run.pk}/"
    assert client.get(f"{at}sheet/").status_code == client.get(f"{at}xlsx/").status_code == 404
    jobs.drain(scene.qinghe)
    page, paper = text(client.get(at)), text(client.get(f"{at}sheet/"))
    assert f"{at}sheet/" in page and f"{at}xlsx/" in page
    assert "for the council" in paper and "data-print" in paper
    book = io.BytesIO(client.get(f"{at}xlsx/").content)
    head, *lines = [row.cells for row in sheets.read("x.xlsx", book)]
    total = dict(zip(head, lines[-1], strict=False))
    assert lines[-1][1] == "Total" and total["cases"] == "3"
    weight = Decimal(total["difference in weight"])
    assert weight == sum(Decimal(row[6]) for row in lines[:-1]) > 0
    assert Decimal(total["difference (yuan)"]) == sum(Decimal(row[11]) for row in lines[:-1])
    assert f"+{Decimal(total['difference (yuan)']):,.2f}" in paper
