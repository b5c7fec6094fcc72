"""On-site assessment: planned, carried out by several, signed, copied, put right, counted (practice 5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.lib import sampling
from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import files
from performance import collect
from performance.declared import services as declared
from performance.engine.checklist import ChecklistRefused
from performance.models import (
    DeclaredValue,
    OnsiteAnswer,
    OnsiteChecklist,
    OnsiteInspector,
    OnsitePhoto,
    OnsiteRectification,
    OnsiteVisit,
)
from performance.onsite import lines
from performance.onsite.refusals import OnsiteRefused
from performance.onsite.services import afterwards, checklists, finishing, planning, receiving
from performance.onsite.services.planning import Inspector
from performance.onsite.sheet import sheet_of
from performance.onsite.waiting import waiting
from tests.performance import onsite_scene as scene
from tests.performance.declared_scene import NOW as LATER
from tests.performance.declared_scene import entered, entry, upload
from tests.performance.onsite_scene import MET, NOW, answered, deducted, parcel
from tests.performance.scene import deliver, inside
from tests.world import World, member

OCTOBER = Month(2026, 10)


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """The cast with somebody who answers for the township."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        world.people["fang"] = member("fang", "方圆", world.shiqiao, "institution_admin")
        yield world


def drawn(visit: OnsiteVisit, count: int) -> tuple[str, ...]:
    return tuple(sheet_of(visit).drawn["resident"][:count])


def test_nobody_inspects_the_own_institution_nor_its_village_room(house: World) -> None:
    with pytest.raises(OnsiteRefused, match="赵敏学 belongs to the inspected"):
        scene.planned(house, lead="zhao")
    visit = scene.planned(house, checklist=OnsiteChecklist.objects.get())
    with pytest.raises(DatabaseError, match="nobody inspects"), transaction.atomic():
        OnsiteInspector.objects.create(visit=visit, member=house.zhao)
    with pytest.raises(DatabaseError, match="nobody inspects"), transaction.atomic():
        OnsiteInspector.objects.filter(visit=visit, is_lead=True).update(member=house.zhao)
    with pytest.raises(OnsiteRefused, match="no role that inspects"):
        scene.planned(house, lead="cai", checklist=visit.checklist)
    with pytest.raises(PermissionDenied):
        receiving.answer(by=house.wu, visit=visit, parcel=parcel(), item="A1", content=MET)


def test_a_sample_is_drawn_again_by_its_seed_and_holds_no_id_number(house: World) -> None:
    visit = scene.planned(house)
    row = visit.samples.get()
    assert row.population_digest == sampling.population_digest(scene.RESIDENTS)
    assert row.drawn == sampling.draw(scene.RESIDENTS, seed=row.seed, count=10)
    with pytest.raises(DatabaseError), transaction.atomic():
        visit.samples.update(seed="x")
    with pytest.raises(OnsiteRefused, match="never an ID number"):
        scene.planned(house, residents=["11010119900307001X"], checklist=visit.checklist)
    with pytest.raises(OnsiteRefused, match="a visit with this checklist"):
        scene.planned(house, checklist=visit.checklist)


@pytest.mark.parametrize("change", [{"body": {}}, {"number": 9}])
def test_a_published_checklist_never_changes(house: World, change: dict[str, object]) -> None:
    row = scene.published(house)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        OnsiteChecklist.objects.filter(pk=row.pk).update(**change)
    following = checklists.begin(by=house.luo, code=row.code, from_date=scene.DAY, now=NOW)
    table = following.checklist
    changed = checklists.drop_item(by=house.luo, row=following, code="F5", version=following.version)
    with pytest.raises(ChecklistRefused, match="98"):
        checklists.publish(by=house.luo, row=changed, now=NOW, version=None)
    item = table.items["F5"]
    whole = checklists.put_item(
        by=house.luo, row=changed, before="", section=table.sections[-1], item=item, version=None
    )
    checklists.publish(by=house.luo, row=whole, now=NOW, version=None)
    row.refresh_from_db()
    assert (row.state, following.number) == ("retired", 2)


def test_sent_twice_is_stored_once_and_after_the_end_nothing_is_taken(house: World) -> None:
    visit = scene.begun(house)
    one = parcel()
    first = answered(house, visit, "A3", deducted("无专柜"), parcel=one, replaces=[])
    assert answered(house, visit, "A3", deducted("无专柜"), parcel=one, replaces=[]) == first
    with pytest.raises(OnsiteRefused, match="other content"):
        answered(house, visit, "A3", MET, parcel=one)
    photo = receiving.photo(by=house.lin, visit=visit, parcel=one, item="A3", image=scene.JPEG)
    again = receiving.photo(by=house.lin, visit=visit, parcel=one, item="A3", image=scene.JPEG)
    assert again == photo and OnsitePhoto.objects.count() == 1
    assert b"GPS" not in b"".join(files.read(photo.file))
    scene.all_answered(house, visit, {})
    answered(house, visit, "A3", deducted("无专柜"))
    scene.signed_by_both(house, visit)
    finishing.finish(by=house.lin, visit=visit, now=NOW)
    stale = OnsiteVisit.objects.get(pk=visit.pk)
    assert finishing.finish(by=house.lin, visit=stale, now=NOW).version == stale.version
    stale.__dict__["state"] = "open"  # a device that has not heard of it
    with pytest.raises(OnsiteRefused, match="not under way"):
        answered(house, stale, "A1", parcel=parcel())
    assert OnsiteAnswer.objects.filter(item="A3").count() == 3  # the first, one of all, the last


def test_two_who_answer_differently_are_a_conflict_for_the_lead(house: World) -> None:
    visit = scene.begun(house)
    answered(house, visit, "A3", MET, replaces=[])
    answered(house, visit, "A3", deducted("未上锁", 2), by="tan", replaces=[])
    sheet = sheet_of(visit)
    assert sheet.conflicts == ("A3",) and sheet.scores["A3"].points is None
    both = [UUID(one.uid) for one in sheet.standing["A3"]]
    with pytest.raises(OnsiteRefused, match="the lead decides"):
        answered(house, visit, "A3", MET, by="tan", replaces=both)
    scene.all_answered(house, visit, {})
    with pytest.raises(OnsiteRefused, match="A3: two inspectors"):
        finishing.finish(by=house.lin, visit=visit, now=NOW)
    answered(house, visit, "A3", deducted("未上锁"))
    assert sheet_of(visit).conflicts == () and sheet_of(visit).scores["A3"].points == 2


def test_it_ends_only_whole_and_signed_as_it_stands(house: World) -> None:
    visit = scene.begun(house)
    with pytest.raises(OnsiteRefused, match="25 items are not answered"):
        finishing.finish(by=house.lin, visit=visit, now=NOW)
    scene.all_answered(house, visit, {})
    with pytest.raises(OnsiteRefused, match="not signed by both"):
        finishing.finish(by=house.lin, visit=visit, now=NOW)
    scene.signed_by_both(house, visit)
    answered(house, visit, "B5", deducted("三者不一致"))
    with pytest.raises(OnsiteRefused, match="B5 changed after"):
        finishing.finish(by=house.lin, visit=visit, now=NOW)
    with pytest.raises(OnsiteRefused, match="witness"):
        scene.signed_by_both(house, visit, reason="不认可", witness="")
    scene.signed_by_both(house, visit, reason="不认可扣分", witness="村委会主任 钱某")
    with pytest.raises(OnsiteRefused, match="Only the lead"):
        finishing.finish(by=house.tan, visit=visit, now=NOW)
    done = finishing.finish(by=house.lin, visit=visit, now=NOW)
    assert (done.state, done.points, done.percent) == ("signed", 97, 97)
    right = OnsiteRectification.objects.get()
    assert right.result.item == "B5" and right.due_at - NOW > timedelta(days=15)


@pytest.mark.urls("config.alliance_urls")
def test_a_village_rooms_findings_count_for_its_township_once_the_office_confirmed_them(house: World) -> None:
    own = entry(house.shiqiao, "guideline_charts", 50, scene.QUARTER)
    (mine,) = entered(house, own, by="fang", proof=True)
    visit = scene.begun(house)
    failed = drawn(visit, 3)
    said = {"B1": deducted("缺一次随访", 3, units=failed), "F3": deducted("消毒记录缺失")}
    scene.all_answered(house, visit, said)
    scene.signed_by_both(house, visit)
    visit = finishing.finish(by=house.lin, visit=visit, now=NOW)
    mine.refresh_from_db()
    assert mine.state == "withdrawn"
    rows = {row.fact: row for row in DeclaredValue.objects.filter(way="visit")}
    # B1 and B3 look at ten residents each, B4 at one thing: 21, of which three do not hold.
    assert {key: int(rows[key].value) for key in ("guideline_followed", "guideline_charts")} == {
        "guideline_followed": 18, "guideline_charts": 21,
    }  # fmt: skip
    assert {(row.institution, row.state, row.proofs) for row in rows.values()} == {
        (house.shiqiao, "submitted", 2)
    }
    with pytest.raises(PermissionDenied):
        declared.confirm_all(by=house.fang, rows=[rows["guideline_charts"]], now=LATER)
    assert not facts_of()
    declared.confirm_all(by=house.luo, rows=list(rows.values()), now=LATER)
    assert facts_of()["QH11", "infection_items_met"] == 0 and facts_of()["QH11", "guideline_charts"] == 21
    behind = lines.behind(rows["guideline_charts"], house.cai)
    assert [fact.name.split(" ")[-2] for fact in behind] == ["B1", "B3", "B4"]
    result = visit.results.get(item="F3")
    stated = afterwards.state(by=house.fang, result=result, text="记录在电子系统", now=NOW)
    decide(house, stated, result.full - result.points)
    fixed = DeclaredValue.objects.get(fact="infection_items_met", state="submitted")
    assert (fixed.value, fixed.revision) == (1, 2)
    assert not DeclaredValue.objects.filter(fact="guideline_charts", revision=3).exists()


def facts_of() -> dict[tuple[str, str], object]:
    """What October counts: the quarter that ended before it."""
    keys = frozenset({"guideline_followed", "guideline_charts", "infection_items_met", "infection_items"})
    places = list(Institution.objects.select_related("parent"))
    return {(one.institution, one.key): one.value for one in collect.facts_of({OCTOBER: keys}, places)}


def test_found_again_in_the_next_quarter(house: World) -> None:
    said = {"B5": deducted("三者不一致"), "D4": deducted("缺随访")}
    first = scene.signed(house, said)
    assert not first.results.filter(repeated=True).exists()
    second = scene.signed(
        house, {"B5": said["B5"], "E1": deducted("无存档")}, checklist=first.checklist,
        quarter=scene.QUARTER.plus(1), planned_on=scene.DAY + timedelta(days=60),
    )  # fmt: skip
    assert [row.item for row in second.results.filter(repeated=True)] == ["B5"]


def test_a_statement_found_right_gives_points_back_and_drops_its_rectification(house: World) -> None:
    visit = scene.signed(house, {"B5": deducted("三者不一致"), "D4": deducted("缺随访")})
    result = visit.results.get(item="B5")
    with pytest.raises(PermissionDenied):
        afterwards.state(by=house.kong, result=result, text="x", now=NOW)
    until = afterwards.statements_until(visit)
    with pytest.raises(OnsiteRefused, match="possible until"):
        afterwards.state(by=house.fang, result=result, text="系统迁移", now=until)
    stated = afterwards.state(by=house.fang, result=result, text="系统迁移当日导出", now=NOW)
    with pytest.raises(OnsiteRefused, match="Between 0 and the 3"):
        decide(house, stated, Decimal(4))
    decide(house, stated, Decimal(3))
    visit.refresh_from_db()
    assert (visit.percent, result.rectifications.get().state) == (99, "dropped")
    with pytest.raises(OnsiteRefused, match="answered already"):
        decide(house, stated, None)
    with pytest.raises(DatabaseError), transaction.atomic():
        visit.results.filter(item="D4").update(points=4)


def decide(house: World, stated: object, restored: Decimal | None) -> None:
    afterwards.decide(by=house.meng, statement=stated, answer="属实", restored=restored, now=NOW)  # type: ignore[arg-type]


def test_who_inspected_does_not_decide_about_the_statement(house: World) -> None:
    visit = scene.begun(house, inspectors=[Inspector(house.lin, True), Inspector(house.meng, False, ("F",))])
    scene.all_answered(house, visit, {"B5": deducted("三者不一致")})
    scene.signed_by_both(house, visit)
    visit = finishing.finish(by=house.lin, visit=visit, now=NOW)
    stated = afterwards.state(by=house.fang, result=visit.results.get(item="B5"), text="x", now=NOW)
    with pytest.raises(OnsiteRefused, match="does not decide"):
        decide(house, stated, None)


@pytest.mark.urls("config.alliance_urls")
def test_rectification_is_answered_rechecked_failed_and_closed(house: World) -> None:
    visit = scene.signed(house, {"B5": deducted("三者不一致")})
    row = OnsiteRectification.objects.get(result__visit=visit)
    late = row.due_at + timedelta(hours=1)
    assert [todo.state for todo in waiting(house.fang, NOW)] == ["warn"]
    assert [todo.state for todo in waiting(house.fang, late)] == ["late"]
    assert waiting(house.kong, late) == []
    with pytest.raises(PermissionDenied):
        afterwards.reply(by=house.kong, row=row, said="x", uploads=[], now=NOW)
    row = afterwards.reply(by=house.fang, row=row, said="台账已核对", uploads=[upload()], now=NOW)
    assert [todo.count for todo in waiting(house.lin, NOW)] == [1] and waiting(house.fang, NOW) == []
    with pytest.raises(PermissionDenied):
        afterwards.recheck(by=house.fang, row=row, holds=True, found="x", now=NOW)
    row = afterwards.recheck(by=house.tan, row=row, holds=False, found="仍差 2 人", now=late)
    assert row.state == "failed" and row.due_at > late
    row = afterwards.reply(by=house.fang, row=row, said="已补齐", uploads=[], now=late)
    row = afterwards.recheck(by=house.lin, row=row, holds=True, found="三者一致", now=late)
    assert (row.state, waiting(house.lin, late), waiting(house.fang, late)) == ("closed", [], [])


def test_charts_are_drawn_from_the_cases_of_the_quarter(world: World, tmp_path: Path) -> None:
    from tests.performance.scene import adopt

    with override_settings(MEDIA_ROOT=tmp_path):
        adopt(world)
        with inside(world):
            table = scene.published(world, "township")
            change = {"checklist": table, "institution": world.shiqiao, "residents": []}
            with pytest.raises(OnsiteRefused, match="no chart can be drawn"):
                scene.planned(world, **change)
        deliver(world, Month(2026, 9), "shiqiao", "han", 4)
        with inside(world):
            visit = scene.planned(world, **change)
            found = {row.kind: row for row in visit.samples.all()}
            assert sorted(found["chart"].drawn) == [f"shiqiao2026-09{n:04}" for n in range(4)]
            assert found["room"].drawn == ["03 内科"]
            assert planning.start(by=world.tan, visit=visit).state == "open"


@pytest.mark.urls("config.alliance_urls")
def test_what_a_device_sends_is_taken_once_and_a_form_without_script_is_as_good(house: World) -> None:
    visit = scene.begun(house)
    lin, base = house.client("lin"), f"/a/qinghe/onsite/{visit.pk}/field/"
    page = lin.get(base).content.decode()
    assert page.count("data-item=") == 25 and "QH11V1-" in page
    assert house.client("kong").get(base).status_code == 404
    sent = {"uid": str(uuid4()), "outcome": "deducted", "reason": "1", "count_1": "2", "replaces": ""}
    for _twice in range(2):
        answer = lin.post(f"{base}answer/A3/", sent, headers={"accept": "application/json"})
        assert answer.json()["heads"] == [sent["uid"]]
    assert OnsiteAnswer.objects.get().content["findings"] == [{"reason": "未上锁", "count": 2}]
    refused = lin.post(f"{base}answer/B1/", {"outcome": "deducted", "reason": "0", "note": "漏三季度"})
    text = refused.content.decode()
    assert refused.status_code == 400 and "漏三季度" in text and "B1" in text
    assert lin.post(f"{base}answer/B5/", {"outcome": "met"}).status_code == 302
    assert lin.post(f"{base}answer/Q9/", {"outcome": "met"}).status_code == 404
    keys = {lin.post(f"{base}key/").json()["key"] for _twice in range(2)}
    others = house.client("tan").post(f"{base}key/").json()["key"]
    assert len(keys) == 1 and others not in keys
    worker = lin.get(f"{base}worker.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.urls("config.alliance_urls")
def test_the_institution_has_its_copy_the_moment_it_is_signed(house: World) -> None:
    visit = scene.begun(house)
    fang, copy = house.client("fang"), f"/a/qinghe/onsite/{visit.pk}/copy/"
    assert fang.get(copy).status_code == 404
    drawn = sheet_of(visit).sample("A2")
    found = {
        "B5": deducted("三者不一致", note="差 6 人"), "A2": deducted("一年内无动态记录", units=drawn[:1]),
    }  # fmt: skip
    scene.all_answered(house, visit, found)
    receiving.photo(by=house.lin, visit=visit, parcel=parcel(), item="B5", image=scene.PNG)
    scene.signed_by_both(house, visit)
    finishing.finish(by=house.lin, visit=visit, now=NOW)
    page = fang.get(copy).content.decode()
    assert len(drawn) == 10 and '<td class="n">−0.4</td>' in page  # one of ten residents, of 4 points
    photo = f"/a/qinghe/onsite/{visit.pk}/photos/{visit.onsitephotos.get().pk}/"
    assert "三者不一致 · 差 6 人" in page and photo in page and "吕村医" in page
    assert fang.get(photo).headers["Content-Type"] == "image/png"
    assert house.client("kong").get(photo).status_code == 404
