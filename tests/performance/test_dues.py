"""What corrections owe and take: paid once with the next lot, taken above the floor, down to persons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.test import override_settings
from django.utils import translation

from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.ledger import facts as books
from alliance.ledger import services as ledger
from alliance.lib.period import Month
from alliance.models import Institution, Parameter, RosterRow
from alliance.web import words
from performance.appeals import subjects as subjects_of_appeals
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import filing, handling
from performance.appeals.services.correcting import Decision
from performance.appeals.services.filing import NewLine
from performance.dues import booking, facts, flowing, owing
from performance.entitlement import subjects
from performance.life import show_exceptions
from performance.life.refusals import CorrectionRefused
from performance.life.services import exceptions
from performance.models import (
    CorrectionLine,
    CorrectionPart,
    LockException,
    MonthCorrection,
    PayDeduction,
    PayDue,
    PayLine,
    PayoutPart,
    PayoutPayment,
    PayPot,
    PayShare,
)
from performance.models.payout_lots import PayoutLot
from performance.pay.services import computing, entering, limits
from performance.payout import facts as payout_facts
from performance.payout.refusals import PayoutRefused
from performance.payout.services import answering, exporting, lots, payables, vouchers
from performance.payout.show_month import month_page
from performance.slip import person_month as slips
from tests.performance import county_scene, payout_scene
from tests.performance.pay_scene import NOW, SHARES, doctors, fresh, rule
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_appeals import agreed, filed, own_line
from tests.world import World

NOVEMBER = OCTOBER.next()
LATER = datetime(2026, 11, 27, 2, tzinfo=UTC)
PAYDAY = datetime(2026, 12, 28, 2, tzinfo=UTC)


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October's doctors are in the books and have accounts; its publication ends on 11-23."""
    settings = override_settings(MEDIA_ROOT=tmp_path, ROOT_URLCONF="config.alliance_urls")
    with settings, inside(world), time_machine.travel(LATER, tick=False):
        payout_scene.grounded(world)
        yield world


def upheld(world: World, bearer: str = "source", points: str = "1.5") -> PayDue:
    """An appeal of dr, filed before the publication ended, upheld and agreed; the amount of its line."""
    with time_machine.travel(payout_scene.PUBLISHED, tick=False):
        row = filed(world, now=payout_scene.PUBLISHED)
    row = fresh(handling.assign(by=world.luo, appeal=row, handler=world.meng.pk, now=LATER))
    decision = Decision(bearer, {own_line(world).pk: Decimal(points)}, more_why="按考勤表", lowers=True)
    row = fresh(handling.uphold(by=world.meng, appeal=row, decision=decision, answer="属实", now=LATER))
    agreed(world, row)
    return PayDue.objects.get(line=own_line(world))


def made(world: World) -> list[PayoutLot]:
    found = lots.make(by=world.luo, month=OCTOBER, disputed=lots.disputed(OCTOBER), now=LATER)
    return [payout_scene.again(lot) for lot in found]


# Paid with the next lot ------------------------------------------------------------------
def test_what_a_correction_owes_is_paid_with_the_next_lot_once(house: World) -> None:
    """Nothing twice; the amount stands in lot, file, list, voucher and slip with the month it is of."""
    made(house)
    due = upheld(house)
    assert due.fen > 0 and payout_facts.paid_in(OCTOBER).open_fen == due.fen
    (lot,) = made(house)  # the next lot pays nothing but the amount
    payment = PayoutPayment.objects.corrected().get(lot=lot)
    assert (payment.staff_id, payment.fen, payment.corrected_fen) == (due.staff_id, due.fen, due.fen)
    assert payment.corrected_of == [OCTOBER.first_day]
    with pytest.raises(PayoutRefused, match="stands in a lot or is held already"):
        made(house)
    twice = PayoutPart(payment=payment, due=due, part=2, fen=due.fen)
    with pytest.raises(IntegrityError, match="payoutpart_due_once"), transaction.atomic():
        PayoutPart.objects.bulk_create([twice])
    lots.check(by=house.meng, lot=lot, now=LATER)
    exporting.export(by=house.cai, lot=payout_scene.again(lot), now=LATER)
    (row,) = exporting.rows_of(payout_scene.again(lot), whole=False)
    assert row["amount"] == exporting.yuan(due.fen)
    assert f"其中补差 {exporting.yuan(due.fen)} 元（2026-10）" in str(row["purpose"])
    payout_scene.answered(house, lot, payout_scene.answer(lot))
    answering.settle(by=house.cai, lot=payout_scene.again(lot), now=LATER)
    told = [one for one in vouchers.of_month(OCTOBER) if "2026-10" in one.text]
    assert [one.debit + one.credit for one in told] == [due.fen, due.fen]
    found = slips.slip(own_line(house).staff, OCTOBER, house.dr, LATER)
    assert [one.fen for one in found.later] == [due.fen] and "下一批" not in found.later[0].why
    assert books.trial_balance().sum_fen == 0


def test_an_amount_in_a_lot_is_paid_when_the_bank_has_paid_it(house: World) -> None:
    """Made, checked and with the bank it names its lot; withdrawn it waits for the next one again."""
    made(house)
    upheld(house)

    def said() -> str:
        return slips.slip(own_line(house).staff, OCTOBER, house.dr, LATER).later[0].why

    (lot,) = made(house)
    assert f"已列入批次 {lot.code}" in said() and "已随" not in said()
    lots.withdraw(by=house.luo, lot=lot)
    assert "随下一批发放" in said()
    (lot,) = made(house)
    lots.check(by=house.meng, lot=lot, now=LATER)
    exporting.export(by=house.cai, lot=payout_scene.again(lot), now=LATER)
    assert f"已列入批次 {lot.code}" in said()
    payout_scene.answered(house, lot, payout_scene.answer(lot))
    answering.settle(by=house.cai, lot=payout_scene.again(lot), now=LATER)
    assert "已随 2026年10月 批次发放" in said() and lot.code not in said()


@pytest.mark.parametrize("whole", [False, True])
def test_the_slip_takes_off_what_a_dispute_holds_as_the_lots_do(house: World, whole: bool) -> None:
    """Beside what a correction takes of the same line: slip, its sheet and the lots say one amount."""
    line = PayLine.objects.filter(plan=own_line(house).plan_id).latest("pk")
    assert line.pk != own_line(house).pk
    with time_machine.travel(payout_scene.PUBLISHED, tick=False):
        subject = subjects_of_appeals.find(house.wu, "pay", line.pk)
        assert subject is not None
        lines = [NewLine(subject, "出勤少记两天", line.fen if whole else 1_000)]
        filing.file(by=house.wu, kind="data", lines=lines, text="请核对", now=payout_scene.PUBLISHED)
    upheld(house, "pot")
    less = -PayDue.objects.get(line=line).fen
    assert less > 0
    free = sum(row.free for row in lots.standing(OCTOBER, payables.of(OCTOBER), lots.disputed(OCTOBER))
               if row.staff.pk == line.staff_id)  # fmt: skip
    found = slips.slip(line.staff, OCTOBER, house.luo, LATER)
    assert (found.fen, found.held) == (free, line.fen - less if whole else 1_000) and found.bridged
    assert found.stands == found.fen + found.held + found.elsewhere
    for address in ("", "print/"):
        page = house.client("luo").get(f"/a/qinghe/pay/persons/{line.staff_id}/{address}?month=2026-10")
        assert words.yuan_diff(-found.held) in page.content.decode() and "其中暂缓" in page.content.decode()


def test_a_returned_amount_goes_into_the_next_lot_again(house: World) -> None:
    made(house)
    due = upheld(house)
    (lot,) = made(house)
    lots.withdraw(by=house.luo, lot=lot)
    (again,) = made(house)
    assert [part.due_id for part in PayoutPart.objects.filter(payment__lot=again)] == [due.pk]
    assert PayoutPart.objects.filter(due=due, ended_at=None).count() == 1


@pytest.mark.parametrize("wrong", ["part", "person", "place", "early"])
def test_the_database_pays_an_amount_whole_to_its_person(house: World, wrong: str) -> None:
    made(house)
    due = upheld(house)
    lot = PayoutLot.objects.get(institution=house.shiqiao if wrong == "place" else house.lead)
    if wrong == "early":
        due = _later(house, due)  # posted into December, it is not paid with October's lots
    payment = lot.payments.exclude(staff=due.staff_id).first() if wrong in ("person", "place") else None
    payment = payment or lot.payments.get(staff=due.staff_id)
    fen = due.fen - 1 if wrong == "part" else due.fen
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutPart.objects.create(payment=payment, due=due, part=1, fen=fen)


def _later(world: World, due: PayDue) -> PayDue:
    """The same correction, posted into December."""
    ledger.open_period(by=world.luo, month=Month(2026, 12))
    row = corrected(world, {world.lead.pk: 500, world.shiqiao.pk: -500}, into=Month(2026, 12))
    post(world, row)
    found: PayDue = PayDue.objects.filter(part__correction=row, fen__gt=0, staff=due.staff_id).get()
    return found


# Taken of the next pay -------------------------------------------------------------------
def test_what_a_correction_takes_is_taken_above_the_floor_and_carried_on(house: World) -> None:
    """Everybody else of the pot gives; the next lot pays less, never below the floor, the rest is later."""
    upheld(house, "pot")
    less = {due.line_id: -due.fen for due in PayDue.objects.filter(fen__lt=0)}
    assert len(less) == 3
    lines = PayLine.objects.in_bulk(less)
    line = lines[min(less)]
    floor = line.fen - 10  # about ten fen of room for each of them
    Parameter.objects.create(
        key="clawback.net_floor", value=floor, from_date=OCTOBER.first_day, decided_by="理事会"
    )
    made(house)
    taken = {one.line_id: one.fen for one in PayDeduction.objects.all()}
    assert taken == {pk: one.fen - floor for pk, one in lines.items()}
    assert PayoutPart.objects.get(line=line).fen == floor
    found = facts.of_person(line.staff_id)
    assert [(one.fen, one.waits) for one in found] == [(-10, False), (10 - less[line.pk], True)]
    assert {one.staff_id for one in owing.outstanding(OCTOBER)} == {one.staff_id for one in lines.values()}
    over = PayDeduction.objects.get(line=line)
    with pytest.raises(DatabaseError, match="more is taken than is due"), transaction.atomic():
        PayDeduction.objects.create(
            due=over.due, line=line, staff=line.staff, into=over.into, fen=less[line.pk], journal=over.journal
        )
    slip = slips.slip(line.staff, OCTOBER, house.luo, LATER)
    assert slip.fen == line.fen - 10  # what a person reads is what is paid


def test_the_slip_says_what_the_next_lots_will_pay_before_and_after_they_are_made(house: World) -> None:
    """What a correction takes of a month not paid yet is off what is paid with it, on both pages alike."""
    upheld(house, "pot")
    line = PayLine.objects.filter(pk__in=PayDue.objects.filter(fen__lt=0).values("line")).latest("pk")
    less = -PayDue.objects.get(line=line).fen
    before = slips.slip(line.staff, OCTOBER, house.luo, LATER)
    (foreseen,) = next(row for row in before.rows if row.line.pk == line.pk).later
    assert (foreseen.fen, foreseen.waits, foreseen.at) == (-less, False, OCTOBER)
    rows = lots.standing(OCTOBER, payables.of(OCTOBER), lots.disputed(OCTOBER))
    assert before.fen == sum(row.free for row in rows if row.staff.pk == line.staff_id) == line.fen - less
    made(house)
    after = slips.slip(line.staff, OCTOBER, house.luo, LATER)
    assert after.fen == PayoutPart.objects.get(line=line).fen == before.fen
    assert after.stands == before.stands and "下一批次扣回" in foreseen.why
    assert "下一批次扣回" not in after.rows[0].later[0].why


def test_the_slip_foresees_no_more_than_the_floor_lets_through(house: World) -> None:
    upheld(house, "pot")
    line = PayLine.objects.filter(pk__in=PayDue.objects.filter(fen__lt=0).values("line")).latest("pk")
    Parameter.objects.create(
        key="clawback.net_floor", value=line.fen - 10, from_date=OCTOBER.first_day, decided_by="理事会"
    )
    found = slips.slip(line.staff, OCTOBER, house.luo, LATER)
    less = -PayDue.objects.get(line=line).fen
    assert found.fen == line.fen - 10
    assert [(one.fen, one.waits) for one in found.rows[0].later] == [(-10, False), (10 - less, True)]


def test_what_is_taken_is_foreseen_once_of_the_eldest_month_not_paid(house: World) -> None:
    """Two months wait for their lots: the elder bears what its floor lets through, the newer the rest, no fen
    twice, and both slips say the same.
    """
    upheld(house, "pot")
    line = PayLine.objects.filter(pk__in=PayDue.objects.filter(fen__lt=0).values("line")).latest("pk")
    less = -PayDue.objects.get(line=line).fen
    newer = also_paid(house, line, 4_000_000)
    elder, later = (slips.slip(line.staff, month, house.luo, LATER) for month in (OCTOBER, NOVEMBER))
    assert (elder.fen, later.fen) == (line.fen - less, newer.fen)
    said_as_slips(house)
    for place, (month, floor) in enumerate(((OCTOBER, line.fen - 10), (NOVEMBER, newer.fen - less + 30))):
        Parameter.objects.create(
            key="clawback.net_floor", value=floor, from_date=month.first_day, decided_by=f"理事会{place}"
        )
    elder, later = (slips.slip(line.staff, month, house.luo, LATER) for month in (OCTOBER, NOVEMBER))
    assert (elder.fen, later.fen) == (line.fen - 10, newer.fen - less + 30)
    found = owing.foreseen(NOVEMBER, line.staff_id, facts.of_person(line.staff_id)).amounts
    assert [(one.at, one.fen, one.waits) for one in found] == [
        (OCTOBER, -10, False), (NOVEMBER, 30 - less, False), (OCTOBER, -20, True),
    ]  # fmt: skip
    said_as_slips(house)
    made(house)  # the elder month's lots take what was foreseen of them, and the newer still bears the rest
    elder, later = (slips.slip(line.staff, month, house.luo, LATER) for month in (OCTOBER, NOVEMBER))
    assert (elder.fen, later.fen) == (line.fen - 10, newer.fen - less + 30)


def said_as_slips(world: World) -> None:
    """The page of the later month says what the elder takes first: the sums of what the slips foresee."""
    people = set(PayDue.objects.filter(fen__lt=0).values_list("staff", flat=True))
    sums = {OCTOBER: 0, NOVEMBER: 0}
    for staff in people:
        for one in owing.foreseen(NOVEMBER, staff, facts.of_person(staff)).amounts:
            if not one.waits and one.fen < 0:
                sums[one.at] -= one.fen
    assert sums[OCTOBER] > 0
    assert owing.eldest_first(NOVEMBER) == ({OCTOBER: sums[OCTOBER]}, sums[NOVEMBER])
    assert owing.eldest_first(OCTOBER) == ({}, 0)
    with translation.override("zh-hans"):
        pages = [month_page(month, world.luo, LATER) for month in (OCTOBER, NOVEMBER)]
    elder, later = ([one.detail for one in page["figs"]] for page in pages)
    assert any(f"先由 2026年10月 {words.yuan(sums[OCTOBER])} 承担" in one for one in later)
    assert not any("先由" in one for one in elder)


def also_paid(world: World, line: PayLine, fen: int) -> PayLine:
    """The same doctors' line of an award of November, in the books and not paid."""
    rows = RosterRow.objects.filter(month=OCTOBER.first_day, staff__in=PayLine.objects.values("staff"))
    for row in rows:
        row.pk, row.month, row._state.adding = None, NOVEMBER.first_day, True
        row.save(force_insert=True)
    county_scene.approved(world, NOVEMBER)
    rule(world, "award")
    county_scene.award(world, county_scene.fed(world, fen), NOVEMBER, fen)
    found: PayLine = PayLine.objects.get(staff=line.staff, pot__pool__month=NOVEMBER.first_day)
    return found


def test_a_personal_award_goes_by_pay_with_its_posted_corrections(house: World) -> None:
    before = _awardable()
    upheld(house, "pot")
    moved = dict(PayDue.objects.values_list("staff", "fen"))
    assert min(moved.values()) < 0 < max(moved.values())
    assert _awardable() == {staff: fen + moved.get(staff, 0) for staff, fen in before.items()}


def _awardable() -> dict[int, Decimal]:
    return {
        one.staff.pk: one.scores["month_pay_fen"]
        for one in subjects.of("innovation_personal", OCTOBER) if one.staff is not None
    }  # fmt: skip


# Flowing down ----------------------------------------------------------------------------
def corrected(world: World, moved: dict[int, int], into: Month = OCTOBER) -> MonthCorrection:
    """A drafted correction of the month that moves these shares, with what follows below them."""
    row = LockException.objects.create(
        month=OCTOBER.first_day, institution=world.lead, reason="病案更正", opened_by=world.luo,
        opened_at=NOW, until=PAYDAY,
    )  # fmt: skip
    LockException.objects.filter(pk=row.pk).update(confirmed_by=world.cai, confirmed_at=NOW)
    lines = [
        CorrectionLine(
            institution=Institution.objects.get(pk=pk), before_fen=1_000_000, after_fen=1_000_000 + fen
        )
        for pk, fen in moved.items()
    ]
    return exceptions.keep(
        by=world.luo, row=row, into=into, lines=lines, inputs=b"{}", inputs_digest="d" * 64, now=LATER
    )


def post(world: World, row: MonthCorrection) -> None:
    approval = exceptions.propose(by=world.luo, row=row, today=LATER.date())
    approvals.decide(by=world.cai, approval=approval, verdict="yes")


def test_a_corrected_share_flows_down_to_the_fen_and_nothing_closed_changes(house: World) -> None:
    row = corrected(house, {house.lead.pk: 30_000, house.shiqiao.pk: -30_000})
    parts = list(CorrectionPart.objects.filter(correction=row).select_related("pot"))
    share = PayShare.objects.get(institution=house.lead)
    for place, fen in ((house.lead, 30_000), (house.shiqiao, -30_000)):
        of = [one for one in parts if one.pot.institution_id == place.pk]
        assert sum(one.diff_fen for one in of) == fen
    open_pots = {pot.pk for pot in PayPot.objects.exclude(state="posted")}
    assert {one.pot_id for one in parts if one.staff_id is None} == open_pots & {
        one.pot_id for one in parts
    }  # where nobody divided it stands as the pot's
    flow = _engine(house, share.fen + 30_000)
    for pot in PayPot.objects.filter(share=share):
        assert flow[pot.pk] == pot.fen + sum(one.diff_fen for one in parts if one.pot_id == pot.pk)
    before = [(line.pk, line.fen) for line in PayLine.objects.order_by("pk")]
    post(house, row)
    assert before == [(line.pk, line.fen) for line in PayLine.objects.order_by("pk")]
    row = MonthCorrection.objects.select_related("journal").get(pk=row.pk)
    assert row.journal is not None and row.journal.about_month == OCTOBER.first_day
    assert books.trial_balance().sum_fen == 0
    assert flowing.money_of(open_pots)  # the next correction of the share begins there
    owed = [one for one in payables.of(OCTOBER) if one.due is not None]
    assert {one.line for one in owed} == {None} and sum(one.fen for one in owed) == sum(
        one.diff_fen for one in parts if one.staff_id and one.diff_fen > 0
    )
    back = corrected(house, {house.lead.pk: -30_000, house.shiqiao.pk: 30_000})
    post(house, back)
    assert set(flowing.money_of(PayPot.objects.values_list("pk", flat=True)).values()) == {0}


def _engine(world: World, fen: int) -> dict[int, int]:
    """What the engine gives from the roster itself, by pot."""
    pool = flowing.pool_of(OCTOBER)
    assert pool is not None and pool.rule is not None
    found = computing.ground(OCTOBER).flow(world.lead.pk, world.lead.code, fen, pool.rule.rule())
    by = {(pot.unit, pot.group): pot.fen for pot in found.pots}
    return {
        pot.pk: by[f"{world.lead.code}/{pot.department.code}", pot.group]
        for pot in PayPot.objects.filter(institution=world.lead).select_related("department")
    }


def test_nobody_agrees_to_anything_but_what_was_previewed(house: World) -> None:
    first = corrected(house, {house.lead.pk: 30_000, house.shiqiao.pk: -30_000})
    second = corrected(house, {house.lead.pk: 7_000, house.shiqiao.pk: -7_000})
    post(house, first)
    with pytest.raises(CorrectionRefused, match="have moved since"), transaction.atomic():
        post(house, second)


def test_n50_persons_stay_within_the_approved_total_by_service_and_database(house: World) -> None:
    """N50: what flows down counts against the pay total of the month's year."""
    total = entering.enter_total(
        by=house.luo, institution=house.lead, year=2026, fen=SHARES["lead"] + 20_000, now=NOW,
        document="总量〔2026〕3号",
    )  # fmt: skip
    row = corrected(house, {house.lead.pk: 30_000, house.shiqiao.pk: -30_000})
    entering.confirm(by=house.cai, row=total, now=NOW)
    with pytest.raises(CorrectionRefused, match="above its approved pay total"), transaction.atomic():
        post(house, row)
    with pytest.raises(CorrectionRefused, match="above its approved pay total"):
        corrected(house, {house.lead.pk: 30_000, house.shiqiao.pk: -30_000})
    MonthCorrection.objects.filter(pk=row.pk).update(state="proposed", approval=_approval(house))
    parts = list(CorrectionPart.objects.filter(correction=row))
    journal = PayPot.objects.get(pk=doctors(house).pk).journal
    with pytest.raises(IntegrityError, match="exceed its approved pay total"), transaction.atomic():
        booking.owe_parts(parts, row.month, row.into, journal)
    small = corrected(house, {house.lead.pk: 20_000, house.shiqiao.pk: -20_000})
    post(house, small)
    assert limits.paid_of(2026)[house.lead.pk] == SHARES["lead"] + 20_000


def _approval(world: World) -> Any:
    return Approval.objects.order_by("pk").first()


def test_n50_an_appeal_beyond_the_total_is_refused(house: World) -> None:
    """N50."""
    total = entering.enter_total(
        by=house.luo,
        institution=house.lead,
        year=2026,
        fen=SHARES["lead"],
        now=NOW,
        document="总量〔2026〕4号",
    )
    entering.confirm(by=house.cai, row=total, now=NOW)
    with pytest.raises(AppealRefused, match="approved pay total of 2026"):
        upheld(house)


def test_each_sees_the_parts_of_a_correction_that_are_theirs(house: World) -> None:
    """The second wall: office all, leaders the institution's, a head the department's, others own ones."""
    row = corrected(house, {house.lead.pk: 30_000, house.shiqiao.pk: -30_000})
    post(house, row)
    row = MonthCorrection.objects.select_related("exception").get(pk=row.pk)
    every = set(CorrectionPart.objects.filter(correction=row).values_list("pk", flat=True))

    def seen(who: str) -> set[int]:
        return {one.pk for one in show_exceptions.parts_seen(row, house.people[who])}

    def of(**which: Any) -> set[int]:
        return set(CorrectionPart.objects.filter(correction=row, **which).values_list("pk", flat=True))

    assert seen("luo") == every
    assert seen("kong") == of(pot__institution=house.lead)
    assert seen("wu") == of(pot__institution=house.lead, pot__department=house.wu.department)
    assert seen("dr") == of(staff=own_line(house).staff) and len(seen("dr")) == 1


def test_tiles_of_a_month_are_the_sums_of_the_records_below(house: World) -> None:
    """A line held by hand, one disputed by an open appeal, corrections that give and take: added up again."""
    row = corrected(house, {house.lead.pk: 30_000, house.shiqiao.pk: -30_000})
    post(house, row)
    with time_machine.travel(payout_scene.PUBLISHED, tick=False):
        appeal = filed(house, now=payout_scene.PUBLISHED)
    other = PayLine.objects.filter(pot__state="posted", fen__gt=0).exclude(pk=own_line(house).pk).first()
    assert other is not None
    lots.hold(by=house.luo, line=other.pk, why="核实中", now=LATER)
    told = payout_facts.paid_in(OCTOBER)
    page = month_page(OCTOBER, house.luo, LATER)
    asked = appeal.lines.get()
    assert {(one.staff, one.fen) for one in page["held"]} == {
        (own_line(house).staff, asked.disputed_fen), (other.staff, other.fen),
    }  # fmt: skip
    lines = sum(PayLine.objects.filter(pot__state="posted").values_list("fen", flat=True))
    net = sum(PayDue.objects.filter(staff__isnull=False).values_list("fen", flat=True))
    assert net and any(fen < 0 for fen in PayDue.objects.values_list("fen", flat=True))
    owed, taken = owing.waiting()
    assert owed - taken == net and told.payable_fen == lines
    assert told.held_fen == sum(one.fen for one in page["held"]) == asked.disputed_fen + other.fen
    found = [*page["free"], *page["missing"]]
    assert told.open_fen == sum(one[0].free for one in found)
    money = told.paid_fen + told.on_the_way_fen + told.held_fen + told.open_fen
    assert told.payable_fen == money - told.owed_fen + told.taking_fen
    assert told.payable_fen == told.paid_fen + told.on_the_way_fen + told.held_fen + told.own_open_fen
    slip = slips.slip(own_line(house).staff, OCTOBER, house.dr, LATER)
    assert [one.held for one in slip.rows if one.line.pk == own_line(house).pk] == [asked.disputed_fen]
    made(house)
    told, page = payout_facts.paid_in(OCTOBER), month_page(OCTOBER, house.luo, LATER)
    sent = sum(row.fen for row, _chip in page["lots"])
    owed, taken = owing.waiting()
    assert told.on_the_way_fen == sent and told.payable_fen == lines + net - owed + taken
    assert told.payable_fen == sent + told.held_fen + told.own_open_fen


def test_what_waits_is_counted_in_no_month_and_the_months_add_up_to_the_books(house: World) -> None:
    """Two open months, debts that no floor lets through and an amount owed: each once, beside the months."""
    upheld(house, "pot")
    line = PayLine.objects.filter(pk__in=PayDue.objects.filter(fen__lt=0).values("line")).latest("pk")
    also_paid(house, line, 4_000_000)
    Parameter.objects.create(
        key="clawback.net_floor", value=10**9, from_date=OCTOBER.first_day, decided_by="理事会"
    )
    dues = list(PayDue.objects.filter(staff__isnull=False).values_list("fen", flat=True))
    whole = sum(PayLine.objects.filter(pot__state="posted").values_list("fen", flat=True))
    less = -sum(fen for fen in dues if fen < 0)
    for made_yet in (False, True):
        months = [payout_facts.paid_in(month) for month in (OCTOBER, NOVEMBER)]
        owed, taken = owing.waiting()
        assert taken == less > 0 and bool(owed) is not made_yet
        assert sum(one.payable_fen for one in months) + owed - taken == whole + sum(dues)
        pages = [month_page(month, house.luo, LATER)["figs"] for month in (OCTOBER, NOVEMBER)]
        lines = [one.lines_fen + one.corrected_fen for one in months]
        assert [figs[0].value for figs in pages] == [words.yuan(fen) for fen in lines]
        assert pages[0][-1] == pages[1][-1] and words.yuan(taken) in pages[0][-1].detail
        if not made_yet:
            made(house)
