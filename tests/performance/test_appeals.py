"""Objections and appeals: filed, clocked, decided by the uninvolved, corrected to the fen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.serializers import serialize
from django.db import DatabaseError, transaction
from django.test import override_settings
from django.utils import timezone, translation

from alliance.approvals import services as approvals
from alliance.approvals import show as approval_page
from alliance.approvals.errors import Involved
from alliance.ledger import facts as books
from alliance.ledger import services as ledger
from alliance.ledger.models import Account, LedgerJournal
from alliance.lib.period import Month
from alliance.models import Membership, WorkCalendarDay
from alliance.models.base import Stale
from alliance.web import words as web_words
from alliance.web.refused import worded
from performance.appeals import clock, facts, show, subjects, words
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import anew, filing, handling, posting
from performance.appeals.services.correcting import Decision, FactKey
from performance.appeals.services.filing import NewLine
from performance.appeals.waiting import waiting
from performance.life.refusals import LifeRefused
from performance.life.services import stages
from performance.models import (
    Appeal,
    AppealCorrection,
    AppealLine,
    IndicatorValue,
    Line,
    MonthRun,
    PayLine,
    PayPool,
    PayPot,
    PayShare,
)  # fmt: skip
from performance.pay.services import entering, pots
from tests.performance import pay_scene as scene
from tests.performance import scene as month
from tests.performance.pay_scene import AFTER, NOW, doctors, fresh, plan_of
from tests.performance.scene import OCTOBER, inside
from tests.world import World, member

LATER = datetime(2026, 11, 27, 2, tzinfo=UTC)


def paid(world: World) -> PayPot:
    """October's pot of the lead hospital's doctors, in the books of four people."""
    scene.grounded(world)
    scene.posted_bonus(world)
    pot = fresh(pots.write(by=world.kong, pot=doctors(world), agreed=plan_of(doctors(world)), now=NOW))
    pot = fresh(pots.show(by=world.kong, pot=pot, now=NOW))
    pot = fresh(pots.submit(by=world.wu, pot=pot, now=AFTER))
    return fresh(pots.post(by=world.luo, pot=pot, now=AFTER))


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Dr has a line of October in the books; Luo made and checked it, Meng has nothing to do with it."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        paid(world)
        yield world


def own_line(world: World) -> PayLine:
    found: PayLine = PayLine.objects.get(staff__user=world.dr.user, pot=doctors(world))
    return found


def subject(world: World, by: Membership | None = None) -> subjects.Subject:
    found = subjects.find(by or world.dr, "pay", own_line(world).pk)
    assert found is not None
    return found


def filed(world: World, fen: int = 1_000, now: datetime = AFTER) -> Appeal:
    line = NewLine(subject(world), "出勤少记两天", fen)
    made = filing.file(by=world.dr, kind="personal", lines=[line], text="请核对出勤", now=now)
    return fresh(made)


def assigned(world: World, to: str = "meng") -> Appeal:
    row = filed(world)
    return fresh(handling.assign(by=world.luo, appeal=row, handler=world.people[to].pk, now=AFTER))


def upheld(world: World, bearer: str, points: str = "1.5000", now: datetime = LATER) -> Appeal:
    decision = Decision(bearer, {own_line(world).pk: Decimal(points)}, more_why="按考勤表")
    return fresh(
        handling.uphold(by=world.meng, appeal=assigned(world), decision=decision, answer="属实", now=now)
    )


def agreed(world: World, row: Appeal, by: str = "cai") -> Appeal:
    assert row.approval is not None
    approvals.decide(by=world.people[by], approval=row.approval, verdict="yes")
    return fresh(row)


def written() -> str:
    """Everything a month has paid and what it rests on, byte for byte."""
    models: list[Any] = [PayLine, PayPot, PayShare, PayPool, Line]
    return "\n".join(serialize("json", model.objects.order_by("pk")) for model in models)


def balances() -> dict[str, int]:
    return {one.code: books.balance(one) for one in Account.objects.order_by("code")}


# Filing and the clock ---------------------------------------------------------------------
def test_an_appeal_is_filed_from_the_own_line_and_its_working_days_begin(house: World) -> None:
    row = filed(house)
    line = AppealLine.objects.get(appeal=row)
    assert (line.staff_id, line.institution_id) == (own_line(house).staff_id, house.lead.pk)
    assert timezone.localtime(row.due_at).date() == date(2026, 12, 16)  # to the end of 12-15
    assert row.escalates_at < row.due_at and not row.provisional
    assert facts.open_in(OCTOBER) == 1 and facts.disputed(OCTOBER) == {own_line(house).pk: 1_000}
    assert facts.open_in(OCTOBER.next()) == 0 and facts.disputed(OCTOBER.next()) == {}
    with pytest.raises(AppealRefused, match="open appeal"):
        filed(house)
    taken = fresh(filing.withdraw(by=house.dr, appeal=row, now=AFTER))
    assert taken.state == "withdrawn" and facts.disputed(OCTOBER) == {}


@pytest.mark.parametrize("fen", [0, -1, None, 10**12])
def test_what_is_disputed_is_at_most_the_line(house: World, fen: int | None) -> None:
    with pytest.raises(AppealRefused, match="amount in question"):
        filing.file(by=house.dr, kind="personal", lines=[NewLine(subject(house), "", fen)], text="x", now=NOW)
    row = filed(house, fen=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        AppealLine.objects.create(
            appeal=row, number=2, about="pay", pay_line=own_line(house), institution=house.lead,
            disputed_fen=fen,
        )  # fmt: skip


def test_appeals_are_filed_until_the_publication_ends(house: World) -> None:
    row = stages.publish(by=house.luo, month=OCTOBER, now=NOW)
    until = row.published_until
    assert until is not None and timezone.localtime(until).date() == date(2026, 11, 28)  # end of 11-27
    with pytest.raises(AppealRefused) as refused:
        filed(house, now=until)
    assert "11-27 24:00" in worded(refused.value)
    assert filed(house, now=until - timedelta(seconds=1)).state == "filed"


@time_machine.travel(LATER, tick=False)
def test_a_month_is_final_when_its_last_appeal_ends(house: World) -> None:
    row = assigned(house)
    stages.publish(by=house.luo, month=OCTOBER, now=NOW)
    with pytest.raises(LifeRefused, match="1 appeals"):
        stages.end(by=house.cai, month=OCTOBER, now=LATER)
    handling.reject(by=house.meng, appeal=row, answer="考勤无误", now=LATER)
    with pytest.raises(Stale):  # nothing of appeals is in the way any more; it has to be paid and closed
        stages.end(by=house.cai, month=OCTOBER, now=LATER)


def test_nobody_files_about_a_strangers_line(house: World) -> None:
    other = PayLine.objects.filter(pot=doctors(house)).exclude(staff__user=house.dr.user).first()
    assert other is not None and subjects.find(house.dr, "pay", other.pk) is None
    assert subjects.find(house.tan, "pay", own_line(house).pk) is None
    assert subjects.find(house.wu, "pay", other.pk) is not None  # leads the department
    with pytest.raises(PermissionDenied):
        filing.file(by=house.luo, kind="personal", lines=[NewLine(subject(house), "", 1)], text="x", now=NOW)


def test_a_clock_into_an_unpublished_year_is_provisional_and_counted_anew(house: World) -> None:
    row = filed(house, now=datetime(2026, 12, 21, 2, tzinfo=UTC))
    assert row.provisional and timezone.localtime(row.due_at).date() == date(2027, 1, 13)
    for day in (1, 4, 5):  # the plan of 2027 gives two days more around New Year
        WorkCalendarDay.objects.create(
            date=date(2027, 1, day), is_workday=False, note="元旦", source="国办", official=True
        )
    assert clock.recount() == 1 and clock.recount() == 0
    row = fresh(row)
    assert not row.provisional and timezone.localtime(row.due_at).date() == date(2027, 1, 15)
    assert timezone.localtime(row.due_first_at).date() == date(2027, 1, 13)


# Who decides ------------------------------------------------------------------------------
def test_somebody_involved_is_neither_offered_nor_taken(house: World) -> None:
    row = filed(house)
    assert [one.pk for one in handling.candidates(row)] == [house.meng.pk]
    for name in ("luo", "dr", "wu", "kong"):  # checked it, filed it, submitted the plan, wrote the plan
        with pytest.raises(AppealRefused, match="involved"):
            handling.assign(by=house.luo, appeal=row, handler=house.people[name].pk, now=AFTER)
        with pytest.raises(DatabaseError), transaction.atomic():
            Appeal.objects.filter(pk=row.pk).update(
                state="assigned", handler=house.people[name], assigned_at=AFTER
            )
    row = fresh(handling.assign(by=house.luo, appeal=row, handler=house.meng.pk, now=AFTER))
    with pytest.raises(PermissionDenied):
        handling.reject(by=house.luo, appeal=row, answer="不属实", now=AFTER)


def test_where_nobody_uninvolved_is_left_another_members_reviewer_or_discipline_decides(house: World) -> None:
    Membership.objects.filter(pk=house.meng.pk).update(is_active=False)
    row = filed(house)
    with pytest.raises(AppealRefused, match="Nobody uninvolved"):
        handling.assign(by=house.luo, appeal=row, handler=house.cai.pk, now=AFTER)
    there = member("yuan", "袁同", house.tcm, "institution_admin")
    inspector = member("ji", "纪明", None, "discipline")
    assert {one.pk for one in handling.candidates(row)} == {there.pk, inspector.pk}  # never Kong, of its own
    row = fresh(handling.assign(by=house.luo, appeal=row, handler=there.pk, now=AFTER))
    row = fresh(handling.reject(by=there, appeal=row, answer="考勤无误", now=LATER))
    assert row.state == "rejected" and facts.open_in(OCTOBER) == 0


def test_a_second_instance_is_answered_by_others(house: World) -> None:
    row = fresh(handling.reject(by=house.meng, appeal=assigned(house), answer="考勤无误", now=LATER))
    with pytest.raises(AppealRefused, match="second instance is asked"):
        filing.ask_second(by=house.dr, appeal=row, text="有排班表", now=datetime(2026, 12, 20, tzinfo=UTC))
    second = fresh(filing.ask_second(by=house.dr, appeal=row, text="有排班表", now=LATER))
    assert facts.open_in(OCTOBER) == 1 and facts.disputed(OCTOBER) == {own_line(house).pk: 1_000}
    assert handling.candidates(second) == []  # Meng has answered the first
    inspector = member("ji", "纪明", None, "discipline")
    assert [one.pk for one in handling.candidates(second)] == [inspector.pk]
    with pytest.raises(AppealRefused, match="Only who filed"):
        filing.ask_second(by=house.dr, appeal=row, text="再来", now=LATER)


def test_an_appeal_is_reported_upward_before_it_is_late(house: World) -> None:
    row = assigned(house)
    with override_settings(ROOT_URLCONF="config.alliance_urls"):
        assert [one.due for one in waiting(house.meng, AFTER)] == [row.due_at]
        assert waiting(house.su, AFTER) == []
        (told,) = waiting(house.su, row.escalates_at)
        assert (told.state, told.due) == ("warn", row.due_at)
        assert waiting(house.su, row.due_at)[0].state == "late"


def test_an_answered_appeal_is_not_late_while_its_correction_waits(house: World) -> None:
    row = upheld(house, "source")
    assert row.state == "upheld" and facts.open_in(OCTOBER) == 1
    with override_settings(ROOT_URLCONF="config.alliance_urls"):
        assert waiting(house.su, row.due_at) == []
    assert words.clock(row, row.due_at) == "—"


# Corrections ------------------------------------------------------------------------------
@time_machine.travel(LATER, tick=False)
def test_one_borne_above_changes_exactly_the_line_it_should(house: World) -> None:
    before, so_far = written(), balances()
    row = agreed(house, upheld(house, "source"))
    assert row.state == "corrected" and written() == before
    person, place = AppealCorrection.objects.filter(appeal=row).order_by("number")
    assert (person.staff, person.fen + place.fen) == (own_line(house).staff, 0) and person.fen > 0
    changed = {code: fen - so_far.get(code, 0) for code, fen in balances().items()
               if fen != so_far.get(code, 0)}  # fmt: skip
    assert changed == {person.account: person.fen, place.account: place.fen}
    assert facts.corrected(OCTOBER) == {person.staff_id: person.fen}
    assert facts.open_in(OCTOBER) == 0 and facts.disputed(OCTOBER) == {}
    assert books.trial_balance().sum_fen == 0


@time_machine.travel(LATER, tick=False)
def test_one_divided_anew_gives_what_the_pot_would_have_given(house: World) -> None:
    before = written()
    row = agreed(house, upheld(house, "pot"))
    found = {one.pay_line_id: one for one in AppealCorrection.objects.filter(appeal=row)}
    pot, mine = doctors(house), own_line(house)
    points = {line.pk: line.points for line in PayLine.objects.filter(plan=pot.plan)}
    exact = pot.fen * Decimal("1.5") / (sum(points.values()) - points[mine.pk] + Decimal("1.5"))
    assert abs(found[mine.pk].after_fen - exact) < 1 and len(found) == 4
    assert sum(one.fen for one in found.values()) == 0 and written() == before
    assert sum(one.after_fen for one in found.values()) == pot.fen


@time_machine.travel(LATER, tick=False)
def test_a_correction_never_goes_into_a_closed_month(house: World) -> None:
    ledger.close_period(by=house.luo, confirmed_by=house.cai, month=OCTOBER)
    before = LedgerJournal.objects.filter(period__month=OCTOBER.first_day).count()
    row = agreed(house, upheld(house, "source"))
    assert row.journal is not None
    assert Month.of(row.journal.period.month) == OCTOBER.next()
    assert Month.of(row.journal.about_month) == OCTOBER
    assert LedgerJournal.objects.filter(period__month=OCTOBER.first_day).count() == before
    assert facts.corrected(OCTOBER) == {} and list(facts.corrected(OCTOBER.next())) == [
        own_line(house).staff_id
    ]


@override_settings(ROOT_URLCONF="config.alliance_urls", LANGUAGE_CODE="en")
@time_machine.travel(LATER, tick=False)
def test_nobody_concerned_agrees_to_a_correction(house: World) -> None:
    row = upheld(house, "source")
    assert row.approval is not None
    for verdict in ("yes", "no"):
        with pytest.raises(Involved), transaction.atomic():
            approvals.decide(by=house.luo, approval=row.approval, verdict=verdict, note="x")
    shown = approval_page.page(row.approval, house.luo)
    assert [one.id for one in shown["actions"]] == ["act-recused"]
    assert "involved" in shown["barred_said"] and str(house.cai.user) in shown["barred_said"]
    assert row.approval not in approvals.waiting_for(house.luo)
    assert row.approval in approvals.waiting_for(house.cai)
    assert next(one.id for one in approval_page.page(row.approval, house.cai)["actions"]) == "act-yes"
    with pytest.raises(AppealRefused, match="Somebody uninvolved agrees"), transaction.atomic():
        row.approval.state = "approved"
        row.approval.decisions.create(step=1, membership=house.luo, user_id=house.luo.user_id, verdict="yes")
        posting.decided(row.approval, house.luo)
    row = fresh(row)
    assert fresh(row).state == "upheld"
    assert row.approval is not None
    approvals.decide(by=house.cai, approval=row.approval, verdict="no", note="证据不足")
    row = fresh(row)
    assert row.state == "assigned" and facts.corrected(OCTOBER) == {}
    again = Decision("source", {own_line(house).pk: Decimal("1.4")}, more_why="按考勤表")
    row = fresh(handling.uphold(by=house.meng, appeal=row, decision=again, answer="补充证据", now=LATER))
    assert agreed(house, row).state == "corrected" and row.revision == 2


@time_machine.travel(LATER, tick=False)
def test_what_was_filed_and_how_it_ended_is_never_rewritten(house: World) -> None:
    row = agreed(house, upheld(house, "source"))
    for change in ({"text": "别的"}, {"answer": "别的"}, {"month": date(2026, 9, 1)}, {"state": "assigned"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Appeal.objects.filter(pk=row.pk).update(**change)
    for rows in (Appeal.objects.filter(pk=row.pk), AppealCorrection.objects.filter(appeal=row)):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        AppealCorrection.objects.create(appeal=row, revision=2, number=1, account="person:x", fen=1)


@time_machine.travel(LATER, tick=False)
def test_persons_never_get_more_than_the_approved_total(house: World) -> None:
    """N50: what the level above bears counts against the pay total."""
    total = entering.enter_total(
        by=house.luo, institution=house.lead, year=2026, fen=scene.SHARES["lead"], now=NOW,
        document="总量〔2026〕2号",
    )  # fmt: skip
    entering.confirm(by=house.cai, row=total, now=NOW)
    with pytest.raises(AppealRefused, match="approved pay total of 2026"):
        upheld(house, "source")


@time_machine.travel(LATER, tick=False)
def test_what_waits_for_the_books_is_said_at_once_and_the_decision_is_kept(
    world: World, tmp_path: Path
) -> None:
    """Shown, not posted: the page says what waits; what was typed stands there when the pot is posted."""
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            scene.grounded(world)
            scene.posted_bonus(world)
            pots.write(by=world.kong, pot=doctors(world), agreed=plan_of(doctors(world)), now=NOW)
            pot = fresh(pots.show(by=world.kong, pot=fresh(doctors(world)), now=NOW))
            row, line = assigned(world), own_line(world)
        page = f"/a/qinghe/appeals/{row.pk}/"
        meng, doctor = world.client("meng"), world.client("dr")
        for client in (meng, doctor):
            assert "尚未入账" in client.get(page).content.decode()
        form = meng.get(f"{page}uphold/").content.decode()
        assert "尚未入账" in form and 'value="keep"' in form
        typed = {"answer": "派驻属实", f"points_{line.pk}": "1.5", "bearer": "pot", "more_why": "按考勤表"}
        refused = meng.post(f"{page}uphold/?version={row.version}", typed | {"do": "confirm"})
        assert refused.status_code == 400 and "派驻属实" in refused.content.decode()
        assert "派驻属实" in meng.get(f"{page}uphold/").content.decode()  # kept by itself
        later = typed | {"answer": "派驻两天属实"}
        assert meng.post(f"{page}uphold/", later | {"do": "keep"}).status_code == 302
        assert "派驻两天属实" in meng.get(f"{page}uphold/").content.decode()
        assert "派驻两天属实" not in doctor.get(page).content.decode()  # the examiner's alone
        with inside(world):
            pot = fresh(pots.submit(by=world.wu, pot=pot, now=LATER))
            pots.post(by=world.luo, pot=pot, now=LATER)
        form = meng.get(f"{page}uphold/").content.decode()
        assert "尚未入账" not in form and "派驻两天属实" in form and 'value="1.5"' in form
        assert meng.post(f"{page}uphold/?version={row.version}", later | {"do": "confirm"}).status_code == 302
        with inside(world):
            assert fresh(row).state == "upheld" and fresh(row).draft == {}


def test_a_line_is_corrected_once_its_pot_is_in_the_books(world: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        scene.posted_bonus(world)
        pot = fresh(pots.write(by=world.kong, pot=doctors(world), agreed=plan_of(doctors(world)), now=NOW))
        pots.show(by=world.kong, pot=pot, now=NOW)
        row = assigned(world)
        decision = Decision("pot", {own_line(world).pk: Decimal("1.5")}, more_why="按考勤表")
        with pytest.raises(AppealRefused, match="has not posted its plan"):
            handling.uphold(by=world.meng, appeal=row, decision=decision, answer="属实", now=LATER)
        with pytest.raises(DatabaseError, match="once it is in the books"), transaction.atomic():
            AppealCorrection.objects.create(
                appeal=row, revision=1, number=1, account="person:x", fen=1, pay_line=own_line(world),
            )  # fmt: skip


def test_a_second_instance_is_about_the_plan_that_stands_now(world: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        scene.posted_bonus(world)
        pot = fresh(pots.write(by=world.kong, pot=doctors(world), agreed=plan_of(doctors(world)), now=NOW))
        pot = fresh(pots.show(by=world.kong, pot=pot, now=NOW))
        old = own_line(world)
        row = fresh(handling.reject(by=world.meng, appeal=assigned(world), answer="考勤无误", now=AFTER))
        pot = fresh(pots.take_back(by=world.kong, pot=pot, why="漏记夜班"))
        points = {one: had + 1 for one, had in pots.points_of(pot).items()}
        pot = fresh(pots.write(by=world.kong, pot=pot, agreed=plan_of(pot, points=points), now=AFTER))
        with pytest.raises(AppealRefused, match="ask again once it is shown"):
            filing.ask_second(by=world.dr, appeal=row, text="有排班表", now=AFTER)
        pots.show(by=world.kong, pot=pot, now=AFTER)
        second = filing.ask_second(by=world.dr, appeal=row, text="有排班表", now=AFTER)
        (line,) = second.lines.select_related("pay_line")
        assert line.pay_line.plan_id == fresh(pot).plan_id != old.plan_id
        assert (line.pay_line.staff_id, line.disputed_fen) == (old.staff_id, 1_000)


@time_machine.travel(LATER, tick=False)
def test_a_later_correction_begins_where_an_earlier_one_ended(house: World) -> None:
    first = agreed(house, upheld(house, "pot"))
    before = {one.pay_line_id: one.after_fen for one in AppealCorrection.objects.filter(appeal=first)}
    second = fresh(filing.ask_second(by=house.dr, appeal=first, text="还少一天", now=LATER))
    inspector = member("ji", "纪明", None, "discipline")
    second = fresh(handling.assign(by=house.luo, appeal=second, handler=inspector.pk, now=LATER))
    back = {own_line(house).pk: Decimal("1.2000")}  # the plan's points
    decision = Decision("pot", back, lowers=True)
    second = fresh(
        handling.uphold(by=inspector, appeal=second, decision=decision, answer="应为原值", now=LATER)
    )
    row = AppealCorrection.objects.get(appeal=second, pay_line=own_line(house))
    points = own_line(house).points
    assert row.before_fen == before[row.pay_line_id]
    assert (row.after_fen == own_line(house).fen) == (points == Decimal("1.2"))


# The month computed anew ------------------------------------------------------------------
@pytest.fixture
def october(world: World, tmp_path: Path) -> Iterator[World]:
    """October computed by Su, proposed by Luo, in the books; Yuan leads the lead hospital."""
    with override_settings(MEDIA_ROOT=tmp_path):
        month.prepare(world)
        month.post(world, month.compute(world))
        with inside(world):
            world.people["yuan"] = member("yuan", "袁同", world.lead, "institution_head")
            yield world


def objected(world: World) -> tuple[Appeal, FactKey, Decimal]:
    """Yuan objects to the first value of an own indicator that another number of a fact would move."""
    settlement = MonthRun.objects.get(month=OCTOBER.first_day, state="posted").settlement
    so_far = anew.settled_anew(settlement, {})
    for value in IndicatorValue.objects.filter(settlement=settlement, institution=world.lead).order_by("pk"):
        for token in value.tokens:
            if (
                token.get("origin") == "fact"
                and token["month"] == str(OCTOBER)
                and token["value"] is not None
            ):
                place, more = (world.lead.code, token["name"]), Decimal(token["value"]) + 1
                if anew.settled_anew(settlement, {place: more}) != so_far:
                    found = subjects.find(world.yuan, "value", value.pk)
                    assert found is not None
                    row = filing.file(
                        by=world.yuan, kind="indicator", lines=[NewLine(found, "漏报一例")], text="漏报",
                        now=LATER,
                    )  # fmt: skip
                    return fresh(row), (settlement.pk, *place), more
    raise AssertionError("no fact of the lead hospital moves the month")


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize("bearer", ["pot", "source"])
def test_a_corrected_fact_moves_exactly_what_the_month_would_have_given(october: World, bearer: str) -> None:
    row, key, more = objected(october)
    assert {one.pk for one in handling.candidates(row)} == {october.meng.pk}  # Luo proposed it
    lines = list(Line.objects.filter(settlement=key[0]).select_related("institution"))
    so_right = anew.settled_anew(lines[0].settlement, {key[1:]: more})
    assert sum(so_right.values()) == sum(line.fen or 0 for line in lines)
    before, so_far = written(), balances()
    row = fresh(handling.assign(by=october.luo, appeal=row, handler=october.meng.pk, now=LATER))
    decision = Decision(bearer, facts={key: more})
    row = fresh(handling.uphold(by=october.meng, appeal=row, decision=decision, answer="属实", now=LATER))
    row = agreed(october, row)
    assert row.state == "corrected" and written() == before
    wanted = {f"institution:{line.institution.code}": so_right[line.institution.code] - (line.fen or 0)
              for line in lines}  # fmt: skip
    own = f"institution:{october.lead.code}"
    if bearer == "source":
        wanted = {own: wanted[own], "source:pay_total": -wanted[own]}
    changed = {code: fen - so_far[code] for code, fen in balances().items() if fen != so_far[code]}
    assert changed == {code: fen for code, fen in wanted.items() if fen}


def test_an_appeal_given_on_names_who_examines_it_with_the_day_it_was_given(house: World) -> None:
    with inside(house), override_settings(ROOT_URLCONF="config.alliance_urls"):
        other = member("ou", "欧阳修齐", None, "performance_office")
        with time_machine.travel(AFTER, tick=False):
            row = assigned(house)
        with time_machine.travel(LATER, tick=False), translation.override("zh-hans"):
            row = fresh(handling.assign(by=house.luo, appeal=row, handler=other.pk, now=LATER))
            said = {one.name: one.value for one in show.facts(fresh(row), house.luo)}
            first, later = web_words.moment(AFTER), web_words.moment(LATER)
    assert (said["受理时间"], said["承办人"]) == (first, f"欧阳修齐，{later} 起承办") and first != later


@time_machine.travel(LATER, tick=False)
def test_an_objection_may_change_an_indicator_from_a_month_on_without_money(october: World) -> None:
    row, _key, _more = objected(october)
    row = fresh(handling.assign(by=october.luo, appeal=row, handler=october.meng.pk, now=LATER))
    with pytest.raises(AppealRefused, match="another number"):
        handling.uphold(by=october.meng, appeal=row, decision=Decision(), answer="属实", now=LATER)
    decision = Decision(from_month=Month(2027, 1))
    row = fresh(
        handling.uphold(by=october.meng, appeal=row, decision=decision, answer="口径自明年起调整", now=LATER)
    )
    assert row.state == "upheld"
    row = agreed(october, row)
    assert (row.state, row.journal, row.from_month) == ("corrected", None, date(2027, 1, 1))
