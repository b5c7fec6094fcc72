"""What a decision on error tolerance exempts is money: given back, not taken, borne by the hospital."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.utils.translation import override

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.ledger import facts as books
from alliance.ledger import services as ledger
from alliance.ledger.models import Entry, LedgerJournal
from alliance.ledger.tables import reason_text
from alliance.lib.period import Month
from alliance.models import Department, Parameter
from alliance.services.files import Upload
from grouping.models import Case
from grouping.services import central, sources
from performance.accounts import person_code
from performance.appeals.services import standing
from performance.dues import booking
from performance.life.refusals import CorrectionRefused
from performance.life.services import bearing, clawbacks
from performance.models import (
    Clawback,
    ClawbackShare,
    PayDeduction,
    PayDue,
    PayLine,
    PayoutPayment,
    Statement,
    StatementLine,
)
from performance.payout.services import lots
from performance.slip import person_month as slips
from performance.tolerance import exempting, reliefs, services
from performance.tolerance.models import Exemption, Relief, ToleranceCase
from performance.tolerance.services import ToleranceRefused
from performance.tolerance.waiting import waiting
from tests.grouping.test_central import MAPPING, row, table
from tests.performance import insurance_scene, payout_scene
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_appeals import own_line
from tests.world import World, member

NOW = datetime(2026, 11, 27, 2, tzinfo=UTC)
NOVEMBER = Month(2026, 11)
PERSON, DEPARTMENT, OWN = 3_001, 2_000, 1_000  # fen of one rejected case
ROOM = 1_000  # fen of the doctor's October pay above the floor


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October's doctors are in the books; the floor leaves little of the doctor's pay to be taken."""
    settings = override_settings(MEDIA_ROOT=tmp_path, ROOT_URLCONF="config.alliance_urls")
    with settings, inside(world), time_machine.travel(NOW, tick=False):
        payout_scene.grounded(world)
        chains.install()
        ledger.open_period(by=world.luo, month=NOVEMBER)
        Parameter.objects.create(
            key="clawback.net_floor", value=own_line(world).fen - ROOM, from_date=OCTOBER.first_day,
            decided_by="理事会",
        )  # fmt: skip
        for name in ("pei", "jia", "xue"):
            world.people[name] = member(name, name, world.tcm, "clinician")
        yield world


def charged(world: World, case: Case | None = None) -> dict[str, ClawbackShare]:
    """A posted claw-back of one rejected case by bearer; of the doctor's part the floor leaves `ROOM`."""
    source = sources.create(by=world.lin, institution=None, name="市级分组", format="results")
    sources.settle(
        by=world.lin, source=source, edition="insurance", from_date=date(2026, 1, 1), mapping=MAPPING
    )
    content = table([row(1, "AA11")]).encode()
    file, _made = central.receive(
        by=world.lin, source=source, name="r.csv", content=[content], today=NOW.date()
    )
    line = own_line(world)
    stated = Statement.objects.create(
        month=OCTOBER.first_day, into=OCTOBER.first_day, stage="month", file=file, document="月结10号",
        total_fen=1, digest="d" * 64, made_by=world.luo, made_at=NOW,
    )  # fmt: skip
    whole = PERSON + DEPARTMENT + OWN
    found = StatementLine.objects.create(
        statement=stated, result=_result(file, world), institution=world.lead, case=case,
        expected_fen=whole, paid_fen=0, rejected_fen=whole, rest_fen=0, cause="equal", reason="超限用药",
    )  # fmt: skip
    made = Clawback.objects.create(
        statement=stated, month=OCTOBER.first_day, into=OCTOBER.first_day, reason="复核确认拒付",
        digest="d" * 64, made_by=world.luo, made_at=NOW,
    )  # fmt: skip
    base: dict[str, Any] = {"clawback": made, "line": found, "institution": world.lead}
    unit = line.staff.department or Department.objects.filter(institution=world.lead).first()
    ClawbackShare.objects.create(bearer="institution", fen=OWN, **base)
    ClawbackShare.objects.create(bearer="department", fen=DEPARTMENT, department=unit, **base)
    ClawbackShare.objects.create(
        bearer="person", fen=PERSON, department=unit, staff=line.staff, paid_fen=line.fen, **base
    )
    approval = clawbacks.propose(by=world.luo, row=made, today=NOW.date())
    approvals.decide(by=world.cai, approval=approval, verdict="yes")
    assert sum(PayDeduction.objects.values_list("fen", flat=True)) == ROOM
    return {one.bearer: one for one in ClawbackShare.objects.filter(clawback=made)}


def _result(file: Any, world: World) -> Any:
    """The row of the insurer's file."""
    return file.results.create(line=2, record_no="R00001", institution=world.lead, day=NOW.date())


def decided(world: World, outcome: str = "main", percent: Decimal | None = None, **of: Any) -> ToleranceCase:
    """The doctor's case, decided by a vote; `of`: its department or the case of the records."""
    case = services.open_case(
        by=world.dr, institution=world.lead, person=world.dr, kind="dispute", happened_on=NOW.date(),
        what="家属质疑用药。", pathway="腹股沟疝临床路径", now=NOW, **of,
    )  # fmt: skip
    pdf = Upload("路径.pdf", [b"%PDF-1.4"], "application/pdf", 99)
    services.prove(by=world.dr, case=case, uploads=[pdf], note="路径执行单", now=NOW)
    case = services.state(by=world.dr, case=case, text="按路径用药。", now=NOW)
    reviewers = [world.people[name] for name in ("pei", "jia", "xue")]
    for one in reviewers:
        services.name(by=world.luo, case=case, member=one)
    case = services.review(by=world.luo, case=case, now=NOW)
    for one in reviewers:
        services.opine(by=one, case=case, opinion=outcome, text="路径完整。", now=NOW)
    case = services.propose(
        by=world.luo, case=case, outcome=outcome, grounds="意见一致。", chain="two_people", percent=percent,
        now=NOW,
    )  # fmt: skip
    assert case.approval is not None
    approvals.decide(by=world.meng, approval=case.approval, verdict="yes")
    return ToleranceCase.objects.get(pk=case.pk)


def exempted(
    world: World, share: ClawbackShare, outcome: str = "main", percent: Decimal | None = None, **of: Any
) -> Exemption:
    """The share, marked by a decided case."""
    made = exempting.exempt(by=world.luo, case=decided(world, outcome, percent, **of), line=share, now=NOW)
    return Exemption.objects.select_related("case", "share__clawback", "share__staff").get(pk=made.pk)


def drafted(world: World, exemption: Exemption, into: Month = NOVEMBER) -> Relief:
    return reliefs.make(by=world.luo, exemption=exemption, into=into, now=NOW)


def asked(world: World, made: Relief) -> Approval:
    return reliefs.propose(by=world.luo, row=made, today=NOW.date())


def posted(world: World, exemption: Exemption, into: Month = NOVEMBER) -> Relief:
    made = drafted(world, exemption, into)
    approvals.decide(by=world.cai, approval=asked(world, made), verdict="yes")
    return Relief.objects.select_related("journal", "exemption__case").get(pk=made.pk)


def moved(row: Relief) -> dict[str, int]:
    """Account -> fen of the journal of a correction."""
    assert row.journal is not None
    return dict(Entry.objects.filter(journal=row.journal).values_list("account__code", "fen"))


def by_the_database(deed: Any) -> None:
    """Whatever the code believes."""
    with pytest.raises(DatabaseError), transaction.atomic():
        deed()


# Services --------------------------------------------------------------------------------
def test_the_hospital_bears_all_of_what_a_person_bore_and_was_to_bear(house: World) -> None:
    share = charged(house)["person"]
    assert [one.pk for one in bearing.outstanding()] == [share.pk]
    mark = exempted(house, share)
    assert bearing.outstanding() == []  # nothing more is taken from the mark on
    assert [one.what for one in waiting(house.luo, NOW)] == [f"处理 {mark.case.number} 所免除的金额"]
    row = posted(house, mark)
    assert (row.exempt_fen, row.back_fen, row.spared_fen) == (PERSON, ROOM, PERSON - ROOM)
    place, line = house.lead.code, own_line(house)
    assert moved(row) == {
        person_code(line.staff): ROOM, f"insurance:{place}": PERSON - ROOM, f"rejected:{place}": -PERSON,
    }  # fmt: skip
    assert row.journal is not None
    assert (row.journal.period.month, row.journal.about_month) == (NOVEMBER.first_day, OCTOBER.first_day)
    assert books.trial_balance().sum_fen == 0
    # With the claw-back: the insurer has its own, the person bears nothing, the hospital the rest.
    kinds = ["life.clawback", reliefs.KIND]
    sums: dict[str, int] = {}
    for code, fen in Entry.objects.filter(journal__kind__in=kinds).values_list("account__code", "fen"):
        sums[code] = sums.get(code, 0) + fen
    assert sums[person_code(line.staff)] == 0
    assert sums[f"insurance:{place}"] == PERSON + DEPARTMENT + OWN
    assert sums[f"rejected:{place}"] == -PERSON - OWN
    assert waiting(house.luo, NOW) == []


def test_what_is_given_back_is_paid_once_with_the_next_lot_and_changes_no_line(house: World) -> None:
    share, line = charged(house)["person"], own_line(house)
    lots.make(by=house.luo, month=OCTOBER, disputed={}, now=NOW)  # less the deduction
    row = posted(house, exempted(house, share), OCTOBER)
    due = PayDue.objects.get(relief=row)
    assert (due.kind, due.fen, due.staff_id, due.line_id) == ("exempt", ROOM, line.staff_id, line.pk)
    assert (due.month, due.into) == (OCTOBER.first_day, OCTOBER.first_day)
    assert standing.of_lines([line.pk]).fen == {} and booking.given_of(2026) == {}
    found = lots.make(by=house.luo, month=OCTOBER, disputed={}, now=NOW)
    payments = PayoutPayment.objects.corrected().filter(lot__in=found)
    assert [(one.staff_id, one.fen) for one in payments] == [(line.staff_id, ROOM)]
    assert PayLine.objects.get(pk=line.pk).fen == line.fen


@pytest.mark.parametrize(("percent", "exempt", "back"), [
    ("50", 1_501, 0), ("70", 2_101, 100), ("33.33", 1_000, 0), ("99.99", 3_001, 1_000),
])  # fmt: skip
def test_partly_covered_moves_the_decided_percentage(
    house: World, percent: str, exempt: int, back: int
) -> None:
    """Half-up to the fen, the same in the database; what is not exempted is still to be taken."""
    share = charged(house)["person"]
    row = posted(house, exempted(house, share, "partly", Decimal(percent)))
    assert (row.exempt_fen, row.back_fen) == (exempt, back)
    with connection.cursor() as cursor:
        cursor.execute("select tolerance_exempted(%s, %s)", [share.alliance_id, share.pk])
        assert cursor.fetchone() == (exempt,)
    assert sum(moved(row).values()) == 0 == books.trial_balance().sum_fen
    left = PERSON - exempt - ROOM
    assert [one.pk for one in bearing.outstanding()] == ([share.pk] if left > 0 else [])
    over = PayDeduction.objects.get(share=share)
    by_the_database(lambda: PayDeduction.objects.create(
        share=share, line=PayLine.objects.filter(staff=share.staff).exclude(pk=over.line_id).first()
        or over.line, staff=over.staff, into=over.into, fen=max(left, 0) + 1, journal=over.journal,
    ))  # fmt: skip


def test_a_departments_part_goes_to_its_institution(house: World) -> None:
    share = charged(house)["department"]
    assert share.department is not None
    row = posted(house, exempted(house, share, department=share.department))
    code = house.lead.code
    assert moved(row) == {
        f"rejected:{code}:{share.department.code}": DEPARTMENT, f"rejected:{code}": -DEPARTMENT,
    }  # fmt: skip
    assert not PayDue.objects.exists() and books.trial_balance().sum_fen == 0


def test_what_the_institution_bears_already_moves_nothing(house: World) -> None:
    case = insurance_scene.case(house)
    share = charged(house, case)["institution"]
    with pytest.raises(ToleranceRefused, match="moves no money"):
        drafted(house, exempted(house, share, case_id=case.pk))


@pytest.mark.parametrize("bearer", ["institution", "department", "person"])
def test_a_decision_exempts_its_own_party_alone(house: World, bearer: str) -> None:
    """Neither the service nor the database marks what somebody else bears, or what is of another case."""
    shares, case = charged(house), decided(house)
    if bearer == "person":
        case = decided(house, case_id=insurance_scene.case(house).pk)
    assert shares[bearer] not in exempting.lines_of(case)[0]
    with pytest.raises(ToleranceRefused, match="borne by somebody else"):
        exempting.exempt(by=house.luo, case=case, line=shares[bearer], now=NOW)
    by_the_database(lambda: Exemption.objects.create(
        case=case, share=shares[bearer], marked_by=house.luo, marked_at=NOW
    ))  # fmt: skip


def test_a_part_needs_its_percentage_and_a_vote_is_about_that(house: World) -> None:
    for percent in (None, Decimal(0), Decimal(100)):
        with pytest.raises(ToleranceRefused, match="more than 0 and less than 100"), transaction.atomic():
            decided(house, "partly", percent)
    case = decided(house, "partly", Decimal("40"))
    by_the_database(lambda: ToleranceCase.objects.filter(pk=case.pk).update(percent=Decimal("90")))


def test_only_the_office_works_it_out_once_into_an_open_month(house: World) -> None:
    mark = exempted(house, charged(house)["person"])
    with pytest.raises(PermissionDenied):
        reliefs.make(by=house.kong, exemption=mark, into=NOVEMBER, now=NOW)
    with pytest.raises(CorrectionRefused, match="not open"):
        reliefs.make(by=house.luo, exemption=mark, into=Month(2027, 3), now=NOW)
    made = drafted(house, mark)
    with pytest.raises(ToleranceRefused, match="has its correction already"):
        drafted(house, mark)
    approvals.decide(by=house.cai, approval=asked(house, made), verdict="no", note="先核对")
    made = Relief.objects.get(pk=made.pk)
    assert made.state == "draft" and not LedgerJournal.objects.filter(kind=reliefs.KIND).exists()


def test_who_bears_it_neither_makes_nor_agrees_to_its_correction(house: World) -> None:
    share = charged(house)["person"]
    mark = exempted(house, share)
    made = drafted(house, mark)
    assert share.staff is not None
    type(share.staff).objects.filter(pk=share.staff.pk).update(user=house.cai.user)
    with pytest.raises(ToleranceRefused, match="neither corrects it nor agrees"), transaction.atomic():
        approvals.decide(by=house.cai, approval=asked(house, made), verdict="yes")
    type(share.staff).objects.filter(pk=share.staff.pk).update(user=house.luo.user)
    mark = Exemption.objects.select_related("case", "share__clawback", "share__staff").get(pk=mark.pk)
    with pytest.raises(ToleranceRefused, match="neither corrects it nor agrees"):
        drafted(house, mark)


# Database --------------------------------------------------------------------------------
def test_the_database_keeps_one_correction_of_what_was_decided(house: World) -> None:
    mark = exempted(house, charged(house)["person"])
    base: dict[str, Any] = {
        "exemption": mark, "month": OCTOBER.first_day, "into": NOVEMBER.first_day, "made_by": house.luo,
        "made_at": NOW, "digest": "d" * 64,
    }  # fmt: skip
    for exempt, back in ((PERSON + 1, ROOM), (PERSON, ROOM + 1), (PERSON - 1, ROOM - 1), (PERSON, 0)):
        by_the_database(
            lambda exempt=exempt, back=back: Relief.objects.create(exempt_fen=exempt, back_fen=back, **base)
        )
    row = posted(house, mark)
    by_the_database(lambda: Relief.objects.create(exempt_fen=PERSON, back_fen=ROOM, **base))
    by_the_database(lambda: Relief.objects.filter(pk=row.pk).update(into=OCTOBER.first_day))
    by_the_database(lambda: Relief.objects.filter(pk=row.pk).delete())
    due = PayDue.objects.get(relief=row)
    other = PayLine.objects.exclude(staff=due.staff_id).filter(fen__gt=0).first()
    for change in ({"line": other, "pot": other.pot, "staff": other.staff}, {"fen": 1}):
        given = {"line": due.line, "pot": due.pot, "staff": due.staff, "fen": due.fen, **change}
        by_the_database(lambda given=given: PayDue.objects.create(
            relief=row, kind="exempt", month=due.month, into=due.into, journal=due.journal, **given
        ))  # fmt: skip


def test_the_database_posts_no_exemption_without_its_decision(house: World) -> None:
    share = charged(house)["person"]
    case = decided(house, "not_covered")
    by_the_database(
        lambda: Exemption.objects.create(case=case, share=share, marked_by=house.luo, marked_at=NOW)
    )
    row = ToleranceCase.objects.get(pk=case.pk)
    row.pk, row.state, row.outcome = None, "decided", "main"
    by_the_database(lambda: row.save(force_insert=True))
    made = drafted(house, exempted(house, share))
    approval = asked(house, made)
    journal = LedgerJournal.objects.order_by("-pk").first()
    by_the_database(
        lambda: Relief.objects.filter(pk=made.pk).update(state="posted", approval=approval, journal=journal)
    )


# Slip and pages --------------------------------------------------------------------------
def test_the_slip_its_sheet_and_the_reason_carry_the_mark_before_and_after(house: World) -> None:
    share, line = charged(house)["person"], own_line(house)
    mark = exempted(house, share)
    number = mark.case.number
    dr = house.client("dr", HTTP_ACCEPT_LANGUAGE="zh-hans")
    at = f"/a/qinghe/pay/persons/{line.staff_id}/"
    pages = [
        "/a/qinghe/pay/mine/?month=2026-10", f"{at}print/?month=2026-10", f"/a/qinghe/pay/lines/{line.pk}/"
    ]  # fmt: skip
    before = slips.slip(line.staff, OCTOBER, house.dr, NOW)
    assert [(one.fen, one.waits, one.mark) for one in before.others] == [
        (-ROOM, False, number), (0, True, number)
    ]  # fmt: skip
    for url in pages:
        told = dr.get(url).content.decode()
        assert f"容错 {number}" in told, url
        assert "返还扣回" not in told, url
    posted(house, mark)
    after = slips.slip(line.staff, OCTOBER, house.dr, NOW)
    assert after.fen == before.fen == line.fen - ROOM  # it comes back with November
    later = slips.slip(line.staff, NOVEMBER, house.dr, NOW)
    assert [(one.fen, one.mark) for one in later.others] == [(ROOM, number)] and later.fen == ROOM
    for url in (pages[2], pages[0].replace("2026-10", "2026-11"), pages[1].replace("2026-10", "2026-11")):
        told = dr.get(url).content.decode()
        assert f"容错 {number}" in told and "返还扣回" in told, url


def test_codes_of_reasons_in_the_books_are_words_of_the_reader() -> None:
    reason = {"rule": reliefs.KIND, "bearer": "person", "stage": "month", "decision": "RC-00001"}
    for language, words in (("zh-hans", ("个人", "月结")), ("en", ("person", "settlement of the month"))):
        with override(language):
            said = reason_text(reason)
        assert all(word in said for word in words) and "RC-00001" in said, said
    with override("zh-hans"):
        assert not {"person", "month", "bearer", "stage"} & set(reason_text(reason).split()), reason


def test_the_page_previews_who_gets_and_who_bears_and_a_second_person_posts_it(house: World) -> None:
    share = charged(house)["person"]
    mark = exempted(house, share)
    luo = house.client("luo", HTTP_ACCEPT_LANGUAGE="zh-hans")
    case = f"/a/qinghe/tolerance/{mark.case_id}/"
    assert "测算更正" in luo.get(case).content.decode()
    answer = luo.post(f"{case}exemptions/{mark.pk}/correction/", {"into": "2026-11"})
    made = Relief.objects.get()
    at = f"/a/qinghe/tolerance/corrections/{made.pk}/"
    assert answer.status_code == 302 and answer["Location"] == at
    page = luo.get(at).content.decode()
    assert share.staff is not None
    for said in (share.staff.name, house.lead.short_name, "30.01", "10.00", "20.01", "预览"):
        assert said in page, said
    assert house.client("kong").get(at).status_code == 404  # a draft is the office's
    assert luo.post(f"{at}act/propose/?version={made.version}").status_code == 302
    approval = Relief.objects.get().approval
    assert approval is not None
    told = house.client("cai", HTTP_ACCEPT_LANGUAGE="zh-hans").get(f"/a/qinghe/approvals/{approval.pk}/")
    assert share.staff.name in told.content.decode() and "30.01" in told.content.decode()
    approvals.decide(by=house.cai, approval=approval, verdict="yes")
    assert house.client("kong").get(at).status_code == 200
    tcm = house.people["tcm_a"] = member("tcm_a", "tcm", house.tcm, "institution_admin")
    assert tcm.can("report.view") and house.client("tcm_a").get(at).status_code == 404
    journal = Relief.objects.get().journal
    assert journal is not None
    told = luo.get(f"/a/qinghe/ledger/journals/{journal.pk}/").content.decode()
    assert "容错更正" in told and mark.case.number in told
    claw = luo.get(f"/a/qinghe/clawbacks/{share.clawback_id}/").content.decode()
    assert mark.case.number in claw
