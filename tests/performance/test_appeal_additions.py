"""What comes to an open appeal later: words, evidence, further lines, each a record; the clock goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.models.base import Stale
from performance.appeals import asking, subjects
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import adding, correcting, filing, handling
from performance.appeals.services.filing import NewLine
from performance.appeals.waiting import waiting
from performance.models import AppealAddition, AppealFile, AppealLine, PayLine
from tests.performance.pay_scene import AFTER, fresh
from tests.performance.scene import inside
from tests.performance.test_appeals import LATER, assigned, own_line, paid, subject
from tests.performance.test_own_appeals import mine, scored_house
from tests.world import World


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Dr has a line of October in the books and an indicator; Meng examines the appeal about the line."""
    with override_settings(MEDIA_ROOT=tmp_path, ROOT_URLCONF="config.alliance_urls"), inside(world):
        paid(world)
        scored_house(world)
        yield world


def test_each_addition_is_a_record_and_the_clock_stays(house: World) -> None:
    row = assigned(house)
    further = subjects.find(house.dr, "own", mine(house).pk)
    assert further is not None
    lines = [NewLine(further, "应为 9")]
    made = adding.add(by=house.dr, appeal=row, text="另有两例随访", lines=lines, now=LATER)
    again = adding.add(by=house.dr, appeal=row, text="补充考勤表", now=LATER)
    after = fresh(row)
    assert (made.number, again.number) == (1, 2) and after.version == row.version + 2
    assert (after.text, after.due_at, after.escalates_at) == (row.text, row.due_at, row.escalates_at)
    added = AppealLine.objects.get(addition=made)
    assert (added.number, added.about, added.said) == (2, "own", "应为 9")
    (todo,) = [one for one in waiting(house.meng, LATER) if str(row.pk) in one.what]
    assert "2" in todo.why and "11-27" in todo.why
    with pytest.raises(Stale):  # who answers on the older page has not read it
        handling.reject(by=house.meng, appeal=after, answer="无误", now=LATER, version=row.version)
    with pytest.raises(DatabaseError), transaction.atomic():
        AppealAddition.objects.filter(pk=made.pk).update(text="别的")
    with pytest.raises(DatabaseError), transaction.atomic():
        AppealAddition.objects.filter(pk=made.pk).delete()


def test_only_who_filed_adds_and_only_until_it_is_decided(house: World) -> None:
    row = assigned(house)
    with pytest.raises(PermissionDenied):
        adding.add(by=house.wu, appeal=row, text="x", now=LATER)
    with pytest.raises(DatabaseError, match="who filed an appeal"), transaction.atomic():
        AppealAddition.objects.create(appeal=row, number=1, text="x", added_by=house.wu, added_at=LATER)
    with pytest.raises(AppealRefused, match="Write something"):
        adding.add(by=house.dr, appeal=row, text="  ", now=LATER)
    with pytest.raises(AppealRefused, match="open appeal"):
        adding.add(by=house.dr, appeal=row, text="", lines=[NewLine(subject(house), "", 5)], now=LATER)
    row = fresh(handling.reject(by=house.meng, appeal=row, answer="无误", now=LATER))
    assert not adding.may_add(house.dr, row)
    with pytest.raises(AppealRefused, match="decided"):
        adding.add(by=house.dr, appeal=row, text="x", now=LATER)
    with pytest.raises(DatabaseError, match="until it is decided"), transaction.atomic():
        AppealAddition.objects.create(appeal=row, number=1, text="x", added_by=house.dr, added_at=LATER)


def test_a_further_line_never_makes_the_examiner_an_involved_one(house: World) -> None:
    """Luo started the run of the indicator: what Luo examines takes no line about it."""
    row = filing.file(
        by=house.dr, kind="personal", lines=[NewLine(subject(house), "", 5)], text="x", now=AFTER
    )
    further = subjects.find(house.dr, "own", mine(house).pk)
    assert further is not None
    from performance.models import Appeal, LevelRun

    LevelRun.objects.filter(pk=mine(house).subject.run_id).update(started_by=house.meng)
    row = fresh(handling.assign(by=house.luo, appeal=fresh(row), handler=house.meng.pk, now=AFTER))
    with pytest.raises(AppealRefused, match="is involved in that number"):
        adding.add(by=house.dr, appeal=row, text="x", lines=[NewLine(further)], now=LATER)
    assert not AppealAddition.objects.exists() and Appeal.objects.get().version == row.version
    made = AppealAddition.objects.create(appeal=row, number=1, text="x", added_by=house.dr, added_at=LATER)
    with pytest.raises(DatabaseError, match="involved in no number"), transaction.atomic():
        AppealLine.objects.bulk_create(filing.new_lines(row, [NewLine(further)], 2, addition=made))
    with pytest.raises(DatabaseError, match="takes no further line"), transaction.atomic():
        AppealLine.objects.bulk_create(filing.new_lines(row, [NewLine(further)], 2))


def test_what_is_offered_is_of_the_same_owner_and_in_no_open_appeal(house: World) -> None:
    row = assigned(house)
    offered = asking.further(house.dr, row, LATER)
    assert [one.key for one in offered] == []  # from a line of pay: the person's other lines of pay
    about = subjects.find(house.dr, "own", mine(house).pk)
    assert about is not None
    handling_of = filing.file(by=house.dr, kind="indicator", lines=[NewLine(about)], text="x", now=AFTER)
    assert asking.further(house.dr, fresh(handling_of), LATER) == []  # the line of pay is in an appeal
    filing.withdraw(by=house.dr, appeal=row, now=LATER)
    (one,) = asking.further(house.dr, fresh(handling_of), LATER)
    assert one.row.pk == own_line(house).pk


@time_machine.travel(LATER, tick=False)
def test_through_the_pages_nothing_typed_is_lost_on_the_way(house: World) -> None:
    row = assigned(house)
    doctor, page = house.client("dr"), f"/a/qinghe/appeals/{row.pk}/"
    shown = doctor.get(page).content.decode()
    assert f"{page}add/" in shown and "补充本申诉" in shown
    form = f"/a/qinghe/appeals/file/?on=pay-{own_line(house).pk}"
    second = doctor.get(form).content.decode()
    assert f'formaction="{page}add/"' in second and "提交申诉" not in second
    led = doctor.post(f"{page}add/", {"do": "review", "text": "还有一张考勤表"}).content.decode()
    assert "还有一张考勤表" in led and not AppealAddition.objects.exists()
    assert "补充不改变期限" in led
    assert doctor.post(f"{page}add/", {"text": ""}).status_code == 400
    assert doctor.post(f"{page}add/", {"text": "还有一张考勤表"}).headers["Location"] == page
    assert "还有一张考勤表" in doctor.get(page).content.decode()
    assert "还有一张考勤表" in house.client("meng").get(page).content.decode()
    assert house.client("luo").get(f"{page}add/").status_code in (403, 404)
    assert house.client("tan").get(f"{page}add/").status_code == 404


@time_machine.travel(LATER, tick=False)
def test_evidence_comes_until_it_is_decided(house: World) -> None:
    from alliance.services import files

    row = assigned(house)
    scan = files.store(
        by=house.dr, name="考勤.pdf", content=[b"%PDF-1.4"], purpose="evidence",
        content_type="application/pdf", limit=99, institution=house.lead,
    )  # fmt: skip
    made = adding.add(by=house.dr, appeal=row, text="", files=[scan], now=LATER)
    assert AppealFile.objects.get().addition_id == made.pk
    row = fresh(handling.reject(by=house.meng, appeal=fresh(row), answer="无误", now=LATER))
    other = files.store(
        by=house.dr, name="后.pdf", content=[b"%PDF-1.5"], purpose="evidence",
        content_type="application/pdf", limit=99, institution=house.lead,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="evidence comes until"), transaction.atomic():
        AppealFile.objects.create(appeal=row, file=other)


def test_the_lines_of_a_plan_that_counts_now_are_corrected(house: World) -> None:
    """Every named line stands in the plan that counts; in the books nothing waits."""
    row = assigned(house)
    found = list(AppealLine.objects.filter(appeal=row).select_related(*(
        f"pay_line__{name}" for name in correcting.PAY_LINE)))  # fmt: skip
    (line,) = correcting.pay_lines(found)
    assert line == PayLine.objects.get(pk=own_line(house).pk) and correcting.waiting_pots(found) == []
    assert row.filed_at + timedelta(days=1) < row.due_at
