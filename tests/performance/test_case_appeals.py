"""An upheld appeal about a grouped case: its month is what it would have been with the case right."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.serializers import serialize
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.ledger import facts as books
from alliance.services import jobs
from grouping import facts as case_books
from grouping.models import Case, CaseRevision, GroupedCase
from grouping.services import asif, intake, publishing
from grouping.services.asif import Right
from performance import collect
from performance.appeals import subjects
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import anew, cases, filing, handling
from performance.appeals.services.correcting import Decision
from performance.appeals.services.filing import NewLine
from performance.engine.settlement import settle
from performance.life.services import exceptions
from performance.models import Appeal, AppealCase, Line, MonthRun, Settlement
from tests.grouping.files import as_csv, front_page
from tests.performance import scene
from tests.performance.pay_scene import fresh
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_appeals import LATER, agreed, balances, written
from tests.world import World, member

pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture
def later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def october(world: World, tmp_path: Path) -> Iterator[World]:
    """October in the books; Yuan administers the lead hospital, one of whose cases is a stroke."""
    with override_settings(MEDIA_ROOT=tmp_path, ROOT_URLCONF="config.alliance_urls"):
        scene.prepare(world)
        deliver_stroke(world)
        scene.post(world, scene.compute(world))
        with inside(world):
            world.people["yuan"] = member("yuan", "袁同", world.lead, "institution_admin")
            yield world


def deliver_stroke(world: World) -> None:
    """A stroke among the pneumonias of the lead hospital, by which its month is another one."""
    row = front_page(
        world.lead.organisation, "stroke", A11="病人卒", B12=f"{OCTOBER}-08 09:00:00",
        B15=f"{OCTOBER}-12 10:00:00", C03C="I63.900", C04N="脑梗死",
    )  # fmt: skip
    with inside(world):
        file, _made = intake.receive_file(
            by=world.lin, name="stroke.csv", content=[as_csv([row])], today=scene.TODAY
        )
    jobs.drain(world.qinghe)
    with inside(world):
        publishing.publish_by_id(by=world.lin, file_id=file.pk)
    jobs.drain(world.qinghe)


def case_of(world: World) -> Case:
    found: Case = Case.objects.get(institution=world.lead, record_no="stroke")
    return found


def examined(world: World) -> Appeal:
    subject = subjects.find(world.yuan, "case", case_of(world).pk)
    assert subject is not None
    row = filing.file(
        by=world.yuan, kind="data", lines=[NewLine(subject, "主要诊断有误")], text="病案首页有误", now=LATER
    )
    return fresh(handling.assign(by=world.luo, appeal=row, handler=world.meng.pk, now=LATER))


def upheld(world: World, right: Right, bearer: str = "pot") -> Appeal:
    decision = Decision(bearer, cases={1: right}, lowers=True)
    return fresh(handling.uphold(
        by=world.meng, appeal=examined(world), decision=decision, answer="属实", now=LATER
    ))  # fmt: skip


def kept() -> str:
    """Every case, its revisions and groups, byte for byte."""
    models: list[Any] = [Case, CaseRevision, GroupedCase]
    return "\n".join(serialize("json", model.objects.order_by("pk")) for model in models)


def other_group(case: Case) -> Right:
    """A group of the scheme with another weight than the case's own."""
    from alliance.lib.workdays import SHANGHAI
    from grouping.services import schemes

    package = schemes.package(schemes.in_force(case.discharged_at.astimezone(SHANGHAI).date()))
    own = asif.result(case, Right())
    weighted = [one for rows in package.drgs.values() for one in rows if one.weight]
    best = max(weighted, key=lambda one: one.weight or 0)
    assert best.code != own.drg and best.weight != own.weight
    return Right(drg=best.code)


def as_counted(world: World, case: Case, right: Right) -> dict[str, Any]:
    """The month collected and computed with the case really so: the record rewritten, all sums made anew, and
    everything undone again. An oracle that knows nothing of parts and differences.
    """
    settlement = MonthRun.objects.get(month=OCTOBER.first_day, state="posted").settlement
    assert settlement is not None
    inputs = anew.frozen(settlement)
    with transaction.atomic():
        came = asif.result(case, right)
        revision = case.revision + 1
        voided = None if right.counts else LATER
        Case.objects.filter(pk=case.pk).update(revision=revision, voided_at=voided, **dict(right.content))
        scheme = GroupedCase.objects.get(case=case).scheme
        GroupedCase.objects.create(
            case=case, revision=revision, scheme=scheme, mdc=came.mdc, adrg=came.adrg, drg=came.drg,
            status=came.status.value, weight=came.weight,
        )  # fmt: skip
        collect.bring_up(OCTOBER, inputs.scheme)
        result = settle(exceptions.corrected(inputs, world.lead))
        transaction.set_rollback(True)
    assert result.status == "settled"
    return {line.institution: (line.score, line.fen) for line in result.lines}


RIGHTS = {
    "out": lambda case: Right(counts=False),
    "group": other_group,
    "content": lambda case: Right(content={"diagnoses": ["J18.900"], "discharge_way": 2}),
}


@pytest.mark.parametrize("kind", RIGHTS)
def test_the_month_is_what_it_would_have_been_with_the_case_right(october: World, kind: str) -> None:
    case = case_of(october)
    right = RIGHTS[kind](case)
    wanted = as_counted(october, case, right)
    lines = {row.institution.code: row for row in Line.objects.select_related("institution")}
    assert {code: (row.score, row.fen) for code, row in lines.items()} != wanted, "the case moves the month"
    month_before, cases_before, so_far = written(), kept(), balances()
    row = agreed(october, upheld(october, right))
    assert row.state == "corrected" and row.journal is not None
    assert (written(), kept()) == (month_before, cases_before)
    changed = {code: fen - so_far[code] for code, fen in balances().items() if fen != so_far[code]}
    assert changed == {
        f"institution:{code}": fen - lines[code].fen
        for code, (_score, fen) in wanted.items() if fen != lines[code].fen
    }  # fmt: skip
    settlement = Settlement.objects.get()
    assert anew.scores(settlement) == {code: score for code, (score, _fen) in wanted.items()}
    assert books.trial_balance().sum_fen == 0


def test_one_borne_above_moves_the_own_share_alone(october: World) -> None:
    case = case_of(october)
    wanted = as_counted(october, case, RIGHTS["out"](case))
    own = Line.objects.get(institution=october.lead)
    so_far = balances()
    agreed(october, upheld(october, Right(counts=False), "source"))
    changed = {code: fen - so_far[code] for code, fen in balances().items() if fen != so_far[code]}
    fen = wanted[october.lead.code][1] - (own.fen or 0)
    assert changed == {f"institution:{october.lead.code}": fen, "source:pay_total": -fen}


def test_a_decision_about_a_case_outlives_the_next_reading_of_its_institution(october: World) -> None:
    """A lock exception reads the institution's data anew: the corrected case is not lost by it."""
    case = case_of(october)
    right = other_group(case)
    agreed(october, upheld(october, right))
    settlement = Settlement.objects.get()
    before = exceptions.standing(settlement)
    collect.bring_up(OCTOBER, before.scheme)
    again = exceptions.corrected(before, october.lead)
    assert {line.institution: line.fen for line in settle(again).lines} == {
        line.institution: line.fen for line in settle(before).lines
    }


def test_a_second_decision_begins_where_the_first_ended(october: World) -> None:
    case = case_of(october)
    agreed(october, upheld(october, Right(counts=False)))
    october.people["shi"] = member("shi", "石磊", None, "performance_office")
    row = Appeal.objects.get()
    second = filing.ask_second(by=october.yuan, appeal=row, text="应计入", now=LATER)
    row = fresh(handling.assign(by=october.luo, appeal=second, handler=october.people["shi"].pk, now=LATER))
    decision = Decision("pot", cases={1: other_group(case)}, lowers=True)
    row = fresh(handling.uphold(
        by=october.people["shi"], appeal=row, decision=decision, answer="计入", now=LATER
    ))  # fmt: skip
    agreed(october, row)
    wanted = as_counted(october, case, other_group(case))
    settlement = Settlement.objects.get()
    assert anew.scores(settlement) == {code: score for code, (score, _fen) in wanted.items()}


@pytest.mark.parametrize(("right", "said"), [
    (Right(), "would stand as it does already"), (Right(drg="XX99"), "XX99 is no group"),
    (Right(content={"diagnoses": []}), "at least the principal"),
    (Right(content={"diagnoses": ["Z99.999x9"]}), "Z99.999x9: not in the dictionary"),
])  # fmt: skip
def test_what_cannot_be_right_of_a_case_is_refused_at_its_field(
    october: World, right: Right, said: str
) -> None:
    with pytest.raises(AppealRefused, match=said) as refused:
        upheld(october, right)
    assert str(refused.value.field).endswith("_1")
    assert not AppealCase.objects.exists()


def test_the_database_takes_a_correction_of_a_case_its_appeal_is_about(october: World) -> None:
    row = examined(october)
    line, other = row.lines.get(), Case.objects.filter(institution=october.lead).earliest("pk")
    with pytest.raises(DatabaseError, match="of a case it is about"), transaction.atomic():
        AppealCase.objects.create(appeal=row, revision=1, line=line, case=other, case_revision=1)
    decision = Decision("pot", cases={1: Right(counts=False)}, lowers=True)
    row = handling.uphold(by=october.meng, appeal=row, decision=decision, answer="属实", now=LATER)
    agreed(october, fresh(row))
    with pytest.raises(DatabaseError, match="while its appeal is examined"), transaction.atomic():
        AppealCase.objects.create(appeal=row, revision=2, line=line, case=line.case, case_revision=1)


def test_the_office_upholds_it_on_the_page_and_the_case_says_so(october: World) -> None:
    """Preview with groups, values, scores and everyone affected; the case page names the correction."""
    row, case, client = examined(october), case_of(october), october.client("meng")
    address = f"/a/qinghe/appeals/{row.pk}/uphold/"
    page = client.get(address).content.decode()
    assert " ".join(case.diagnoses) in page and "属于另一病组" in page
    typed = {"answer": "属实", "how_1": "group", "drg_1": "zz00", "bearer": "pot"}
    page = client.post(address, {**typed, "do": "preview"})
    assert page.status_code == 400 and "ZZ00" in page.content.decode()
    typed["drg_1"] = other_group(case).drg
    page = client.post(address, {**typed, "do": "preview"}).content.decode()
    assert asif.result(case, Right()).drg in page and "当月将如何变化" in page
    assert client.post(f"{address}?version={row.version}", {**typed, "do": "confirm"}).status_code == 302
    row = agreed(october, fresh(row))
    assert row.state == "corrected"
    said = october.client("yuan").get(f"/a/qinghe/cases/{case.pk}/").content.decode()
    assert f"第 {row.pk} 号" in said and typed["drg_1"] in said
    assert case_books.with_group(Case.objects.filter(pk=case.pk)).get().drg != typed["drg_1"]
    assert cases.stands(case).drg == typed["drg_1"]
    assert Decimal(row.cases.get().facts[0][2]) >= 0
