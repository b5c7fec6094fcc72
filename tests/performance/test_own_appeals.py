"""An indicator of a person appealed from the slip: by its own person; corrected with the lines it carries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.approvals import services as approvals
from alliance.approvals.errors import ApprovalRefused as Refused
from performance.appeals import subjects, values, words
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import filing, handling
from performance.appeals.services.correcting import Decision
from performance.appeals.services.filing import NewLine
from performance.engine.templates import shipped_templates
from performance.models import (
    AppealCorrection,
    AppealLine,
    LevelRun,
    LevelScore,
    LevelSubject,
    PayDue,
    PayLine,
)
from performance.services import schemes
from tests.performance.pay_scene import AFTER, fresh
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_appeals import LATER, agreed, own_line, paid
from tests.world import World


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Dr has a line of October in the books and an indicator of the run that Luo started."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        paid(world)
        scored_house(world)
        yield world


def scored_house(world: World) -> None:
    """Everybody of dr's pot has an indicator of the month, of a run that Luo started."""
    found = shipped_templates()["person_posts"]
    version = schemes.adopt(
        by=world.luo, scheme=replace(found.scheme, effective_from=date(2026, 1, 1)), level=found.level,
        evaluators=found.evaluators,
    )  # fmt: skip
    scored(world, version)


def scored(world: World, version: Any, number: int = 1) -> LevelScore:
    """A run of persons in which everybody of dr's pot has one indicator."""
    run = LevelRun.objects.create(
        month=OCTOBER.first_day, level="person", number=number, scheme=version, scheme_digest="d",
        started_by=world.luo,
    )  # fmt: skip
    LevelRun.objects.filter(pk=run.pk).update(state="computed", result_digest="r", computed_at=AFTER)
    indicator = schemes.indicators_of(version.scheme(), "person")[0].code
    for line in PayLine.objects.filter(pot=own_line(world).pot).select_related("staff"):
        one = LevelSubject.objects.create(
            run=run, institution=world.lead, staff=line.staff, code=line.staff.code, role="", kind="",
            column="c", status="assessed", score=80, points=80, possible=100,
        )  # fmt: skip
        LevelScore.objects.create(subject=one, indicator=indicator, value=7, score=70)
    return LevelScore.objects.get(subject__run=run, subject__staff__user=world.dr.user)


def mine(world: World) -> LevelScore:
    found: LevelScore = LevelScore.objects.get(subject__staff__user=world.dr.user)
    return found


def filed(world: World) -> Any:
    found = subjects.find(world.dr, "own", mine(world).pk)
    assert found is not None
    row = filing.file(
        by=world.dr, kind="indicator", lines=[NewLine(found, "应为 9")], text="随访少计两例", now=AFTER
    )
    return fresh(handling.assign(by=world.luo, appeal=fresh(row), handler=world.meng.pk, now=AFTER))


@time_machine.travel(LATER, tick=False)
def test_upheld_it_corrects_exactly_the_lines_that_rest_on_it(house: World) -> None:
    row = filed(house)
    line = AppealLine.objects.get(appeal=row)
    assert (line.staff_id, line.institution_id) == (own_line(house).staff_id, house.lead.pk)
    stranger = PayLine.objects.filter(pot=own_line(house).pot).exclude(pk=own_line(house).pk)[0]
    wrong = Decision("source", points={stranger.pk: Decimal(2)}, values={1: Decimal(9)})
    with pytest.raises(AppealRefused, match="not about"):
        handling.uphold(by=house.meng, appeal=row, decision=wrong, answer="属实", now=LATER)
    decision = Decision("source", points={own_line(house).pk: Decimal("1.5")}, values={1: Decimal(9)})
    row = fresh(handling.uphold(by=house.meng, appeal=row, decision=decision, answer="属实", now=LATER))
    row = agreed(house, row)
    assert row.state == "corrected" and row.right == {"1": "9"}
    moved = AppealCorrection.objects.filter(appeal=row, staff__isnull=False)
    assert [one.pay_line_id for one in moved] == [own_line(house).pk]
    assert PayDue.objects.get().line_id == own_line(house).pk  # paid with the next lot
    with pytest.raises(DatabaseError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(right={"1": "10"})


@time_machine.travel(LATER, tick=False)
def test_an_indicator_without_pay_is_corrected_without_money(house: World) -> None:
    row = filed(house)
    decision = Decision(values={1: Decimal(9)})
    row = fresh(handling.uphold(by=house.meng, appeal=row, decision=decision, answer="属实", now=LATER))
    assert (row.state, row.right) == ("upheld", {"1": "9"})
    with pytest.raises(DatabaseError, match="second person agrees"), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(state="corrected", ended_at=LATER)
    for involved in (house.meng, house.luo):  # who decided it; who started the run it is of
        with pytest.raises(Refused), transaction.atomic():
            approvals.decide(by=involved, approval=row.approval, verdict="yes")
    row = agreed(house, row)
    assert (row.state, row.journal, row.right) == ("corrected", None, {"1": "9"})
    with pytest.raises(AppealRefused, match="is a number"):
        again = filed(house)
        handling.uphold(
            by=house.meng, appeal=again, decision=Decision(values={7: Decimal(1)}), answer="x", now=LATER
        )


@time_machine.travel(LATER, tick=False)
def test_a_value_the_indicator_cannot_have_is_refused_beside_its_field(house: World) -> None:
    row = filed(house)
    meng, doctor = house.client("meng"), house.client("dr")
    address = f"/a/qinghe/appeals/{row.pk}/uphold/?version={row.version}"
    line = own_line(house)
    typed = {"answer": "属实", "bearer": "source", f"points_{line.pk}": f"{line.points:f}"}
    below = meng.post(address, {**typed, "value_1": "-5", "do": "confirm"})
    assert below.status_code == 400 and "小于 0" in below.content.decode()
    assert below.context["form"].errors["value_1"]
    nothing = meng.post(address, {**typed, "value_1": "", "do": "preview"})
    assert nothing.status_code == 400 and nothing.context["form"].errors
    assert fresh(row).state == "assigned"
    with pytest.raises(AppealRefused) as refused:
        handling.uphold(
            by=house.meng, appeal=row, decision=Decision(values={1: Decimal(-5)}), answer="x", now=LATER
        )
    assert (refused.value.reason, refused.value.field) == ("value_below", "value_1")
    run = LevelRun.objects.get()
    share = replace(words.of_person(run, mine(house).indicator), unit="percent", scale=Decimal(100))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "of_person", lambda _run, _code: share)
        with pytest.raises(AppealRefused, match="above 100"):
            values.check(run, share.code, Decimal(70), Decimal("100.01"), field="x")
        values.check(run, share.code, Decimal(104), Decimal("100.01"), field="x")  # no share of a whole
    form = f"/a/qinghe/appeals/file/?on=own-{mine(house).pk}"
    said = doctor.post(form, {"kind": "indicator", "text": "x", f"said_own-{mine(house).pk}": "abc"})
    assert said.status_code == 400 and "请填写数字" in said.content.decode()


def test_nobody_files_about_a_strangers_indicator_and_none_of_an_earlier_run(house: World) -> None:
    other = LevelScore.objects.exclude(pk=mine(house).pk)[0]
    assert subjects.find(house.dr, "own", other.pk) is None
    assert subjects.find(house.wu, "own", other.pk) is not None  # leads the department
    assert subjects.find(house.luo, "own", mine(house).pk) is None  # the office files nothing
    first = mine(house)
    second = scored(house, LevelRun.objects.get().scheme, number=2)
    assert subjects.find(house.dr, "own", first.pk) is None
    assert subjects.find(house.dr, "own", second.pk) is not None


def test_the_database_takes_only_an_indicator_of_a_person_and_the_month(house: World) -> None:
    row = filing.file(
        by=house.dr, kind="indicator", lines=[NewLine(subjects.find(house.dr, "own", mine(house).pk))],
        text="x", now=AFTER,
    )  # fmt: skip
    run = LevelRun.objects.create(
        month=date(2026, 9, 1), level="person", number=1, scheme=LevelRun.objects.get().scheme,
        scheme_digest="d", started_by=house.luo,
    )  # fmt: skip
    september = LevelSubject.objects.create(
        run=run, institution=house.lead, staff=own_line(house).staff, code="x", role="", kind="", column="c",
        status="assessed", score=1, points=1, possible=1,
    )  # fmt: skip
    subject, code = mine(house).subject, mine(house).indicator
    for change in ({"own": september, "indicator": code}, {"own": subject, "indicator": "nothing"},
                   {"own": subject, "indicator": ""}):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            AppealLine.objects.create(appeal=row, number=2, about="own", institution=house.lead, **change)


@time_machine.travel(datetime(2026, 11, 27, 2, tzinfo=UTC), tick=False)
def test_the_slip_leads_from_the_indicator_to_the_appeal_and_back(house: World) -> None:
    score = mine(house)
    doctor, meng = house.client("dr"), house.client("meng")
    page = doctor.get("/a/qinghe/pay/mine/?month=2026-10").content.decode()
    assert f"/appeals/file/?on=own-{score.pk}" in page
    form = f"/a/qinghe/appeals/file/?on=own-{score.pk}"
    assert doctor.get(form).status_code == 200
    sent = doctor.post(form, {"kind": "indicator", "text": "少计两例", f"said_own-{score.pk}": "应为 9"})
    assert sent.status_code == 302
    row = AppealLine.objects.get().appeal
    handling.assign(by=house.luo, appeal=fresh(row), handler=house.meng.pk, now=LATER)
    upheld = f"/a/qinghe/appeals/{row.pk}/uphold/"
    form, line = meng.get(upheld).content.decode(), own_line(house)
    proposed = form[form.index(f'name="rests_{line.pk}"') :].partition(">")[0]
    assert "checked" in proposed  # the person's line is proposed, chosen
    typed = {"answer": "属实", "value_1": "9", f"rests_{line.pk}": "on", "bearer": "source", "do": "preview",
             f"points_{line.pk}": f"{line.points:f}"}  # fmt: skip
    same = meng.post(f"{upheld}?version=2", typed)
    assert same.status_code == 400 and "分值未变" in same.content.decode()
    assert meng.post(f"{upheld}?version=2", {**typed, f"points_{line.pk}": "1.5"}).status_code == 200
    without = {name: value for name, value in typed.items() if not name.startswith("rests_")}
    assert meng.post(f"{upheld}?version=2", without).status_code == 200  # the mark taken off
    shown = meng.get(upheld).content.decode()
    assert "更正值" in shown and f"points_{own_line(house).pk}" in shown
    typed = {"answer": "属实", "value_1": "9", f"points_{own_line(house).pk}": "1.5", "bearer": "source"}
    preview = meng.post(upheld, {**typed, "do": "preview"}).content.decode()
    assert own_line(house).staff.name in preview
    done = meng.post(f"{upheld}?version={fresh(row).version}", {**typed, "do": "confirm"})
    assert done.status_code == 302
    assert "第二人同意后更正为 9" in doctor.get(f"/a/qinghe/appeals/{row.pk}/").content.decode()
    mark = f"经第 {row.pk} 号申诉更正为 9"
    assert mark not in doctor.get("/a/qinghe/pay/mine/?month=2026-10").content.decode()
    agreed(house, fresh(row))
    assert "更正为 9" in doctor.get(f"/a/qinghe/appeals/{row.pk}/").content.decode()
    assert mark in doctor.get("/a/qinghe/pay/mine/?month=2026-10").content.decode()
