"""Pay from the month's shares to persons: pools, red lines, the second distribution, the books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.ledger import facts as books
from alliance.ledger.models import Account
from alliance.lib.period import Month
from alliance.models import Department, RosterRow, Staff, Team, TeamMember
from alliance.models.base import Stale
from alliance.services.files import Upload
from performance.engine.pay.redlines import RedLine
from performance.engine.pay.steps import PayRefused
from performance.models import PayLine, PayPlan, PayPool, PayPot, PayReply, PayShare, PayTotal, PayTransfer
from performance.pay.refusals import EntryRefused, PoolRefused, PotRefused
from performance.pay.services import between, computing, entering, making, pools, pots
from performance.pay.waiting import waiting
from referrals import transfers
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import AFTER, NOW, RULE, SHARES, TODAY, doctors, fresh, plan_of
from tests.performance.scene import OCTOBER, inside
from tests.world import World


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October is posted; roster, totals and rule are there."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        yield world


def sum_of_books() -> int:
    return books.trial_balance().sum_fen


def balance(code: str) -> int:
    return books.balance(Account.objects.get(code=code))


def fund(world: World, fen: int = 1_000_000, source: str = "retained") -> Any:
    """A source account fed by Luo, confirmed by Cai."""
    made = entering.open_fund(by=world.luo, code=f"f-{source}", name="结余留用", source=source, now=NOW)
    row = entering.enter_fund(
        by=world.luo, fund=made, day=date(2026, 10, 9), fen=fen, document="理事会〔2026〕7号", body="理事会",
        scan=Upload("决议.pdf", [b"%PDF-1.4"], "application/pdf", 99), now=NOW,
    )  # fmt: skip
    return made, row


def from_fund(world: World, made: Any, **change: Any) -> PayPool:
    asked = {
        "month": OCTOBER, "kind": "surplus", "fund": made, "fen": 900_001, "name": "结余成员绩效",
        "document": "理事会〔2026〕7号", "institutions": [world.lead.pk, world.shiqiao.pk], "now": NOW,
    }  # fmt: skip
    return making.make_from_fund(by=world.luo, **{**asked, **change})


def columns_of(row: Any) -> dict[str, Any]:
    """What a row holds, to write another one like it."""
    found = {field.attname: getattr(row, field.attname) for field in row._meta.fields}
    return {name: value for name, value in found.items() if name not in ("id", "alliance_id")}


# From the month to pots -------------------------------------------------------------
def test_the_month_s_shares_flow_to_pots_and_the_books_stay_balanced(house: World) -> None:
    pool = scene.posted_bonus(house)
    assert (pool.state, pool.fen, pool.persons) == ("posted", sum(SHARES.values()), True)
    for share in PayShare.objects.filter(pool=pool):
        assert share.pots.aggregate(fen=Sum("fen"))["fen"] == share.fen
    groups = dict(PayPot.objects.filter(institution=house.lead).values_list("group", "fen"))
    # 4 doctors x 1, 3 nurses x 0.8, 2 administrators x 0.9 x (4 + 2.4) / 7 = 0.9143
    weights = {
        "doctor": Decimal(4),
        "nurse": Decimal("2.4"),
        "administrator": Decimal("1.8") * Decimal("0.9143"),
    }
    for group, weight in weights.items():
        assert abs(groups[group] - SHARES["lead"] * weight / sum(weights.values())) < 1
    village = PayPot.objects.get(department__institution=house.liulin)
    assert village.institution == house.shiqiao  # paid through its township
    assert sum_of_books() == 0 and balance(f"institution:{house.lead.code}") == 0
    assert balance(doctors(house).account) == doctors(house).fen
    with pytest.raises(PoolRefused, match="has this pool already"):
        making.make_bonus(by=house.luo, month=OCTOBER, now=NOW)
    with pytest.raises(PoolRefused, match="not in the books"):
        making.make_bonus(by=house.luo, month=Month(2026, 9), now=NOW)


def test_nobody_proposes_what_changed_and_a_draft_is_discarded_whole(house: World) -> None:
    pool = making.make_bonus(by=house.luo, month=OCTOBER, now=NOW)
    RosterRow.objects.filter(staff=next(iter(pots.points_of(doctors(house))))).update(days=9, leave_days=9)
    with pytest.raises(PoolRefused, match="make it again"):
        pools.propose(by=house.luo, pool=pool, today=TODAY)
    pools.discard(by=house.luo, pool=pool)
    assert not PayPot.objects.exists() and not PayShare.objects.exists()
    again = scene.posted_bonus(house)
    with pytest.raises(PoolRefused, match="Only a draft"):
        pools.discard(by=house.luo, pool=again)
    with pytest.raises(PermissionDenied):
        making.make_bonus(by=house.kong, month=OCTOBER, now=NOW)


def test_what_changed_without_a_yuan_to_it_does_not_stop_a_draft(house: World) -> None:
    """Other rows were read than when it was made, so the pots are computed again: they are the same."""
    pool = making.make_bonus(by=house.luo, month=OCTOBER, now=NOW)
    marks = pool.read, computing.ground(OCTOBER).mark
    Staff.objects.filter(pk=next(iter(pots.points_of(doctors(house))))).update(name="另名")
    assert marks[0] == marks[1] != computing.ground(OCTOBER).mark
    assert pools.propose(by=house.luo, pool=pool, today=TODAY).state == "open"


def test_the_database_takes_parts_of_drafts_alone_and_each_in_its_pool(house: World) -> None:
    made, row = fund(house)
    scene.rule(house, "surplus")
    entering.confirm_fund(by=house.cai, row=row, now=NOW)
    first, other = making.make_bonus(by=house.luo, month=OCTOBER, now=NOW), from_fund(house, made)
    pot = PayPot.objects.filter(pool=first, department__isnull=False).earliest("pk")
    PayPot.objects.filter(pool=other).delete()
    with pytest.raises(IntegrityError, match="in the pool of its share"), transaction.atomic():
        PayPot.objects.create(**{**columns_of(pot), "pool_id": other.pk})
    nobodys = Department.objects.exclude(pk__in=PayPot.objects.values("department")).earliest("pk")
    pools.propose(by=house.luo, pool=first, today=TODAY)
    with pytest.raises(DatabaseError, match="takes no further part"), transaction.atomic():
        PayPot.objects.create(**{**columns_of(pot), "department_id": nobodys.pk})


def test_a_source_account_is_fed_by_two_people_and_never_overdrawn(house: World) -> None:
    made, row = fund(house)
    scene.rule(house, "surplus")
    with pytest.raises(PoolRefused, match=r"holds 0\.00 yuan"):
        from_fund(house, made)
    with pytest.raises(EntryRefused, match="two different people"):
        entering.confirm_fund(by=house.luo, row=row, now=NOW)
    entering.confirm_fund(by=house.cai, row=row, now=NOW)
    with pytest.raises(EntryRefused, match="already"):
        entering.confirm_fund(by=house.meng, row=row, now=NOW)
    pool = scene.agreed(house, from_fund(house, made))
    assert balance("fund:f-retained") == 99_999 and sum_of_books() == 0
    shares = {one.institution.code: one.fen for one in PayShare.objects.filter(pool=pool)}
    whole = 80 * 300 + 90 * 21
    assert shares["QH01"] == round(900_001 * 80 * 300 / whole) and sum(shares.values()) == 900_001
    with pytest.raises(PoolRefused, match=r"holds 999\.99 yuan"):
        from_fund(house, made, fen=100_000)
    kept = from_fund(house, made, fen=9_999, persons=False, charges=["test"], name="只到单位")
    assert not PayPot.objects.filter(pool=kept).exists() and scene.agreed(house, kept).state == "posted"


# Red lines --------------------------------------------------------------------------
def test_red_lines_are_refused_by_the_service(house: World) -> None:
    with pytest.raises(RedLine, match="insurance fund buys services"):
        entering.open_fund(by=house.luo, code="x", name="医保基金", source="insurance", now=NOW)
    with pytest.raises(RedLine, match="not paid to persons"):
        entering.open_fund(by=house.luo, code="x", name="往来", source="between", now=NOW)
    made, row = fund(house)
    entering.confirm_fund(by=house.cai, row=row, now=NOW)
    scene.rule(house, "surplus")
    with pytest.raises(RedLine, match="drugs, consumables"):
        from_fund(house, made, charges=["drug"])
    with pytest.raises(RedLine, match="approving document"):
        from_fund(house, made, document=" ")
    with pytest.raises(PoolRefused, match="whole number of the decision"):
        from_fund(house, made, document="7号")
    low = replace(RULE, team_percent=Decimal(59))
    with pytest.raises(PayRefused, match="At least 60"):
        scene.rule(house, "reward", low)


def test_n50_the_approved_pay_total_is_a_hard_limit(house: World) -> None:
    """N50: refused, and the institution is named."""
    less = entering.enter_total(
        by=house.luo, institution=house.lead, year=2026, fen=SHARES["lead"] - 1, document="调整1号", now=NOW
    )
    entering.confirm(by=house.cai, row=less, now=NOW)
    pool = making.make_bonus(by=house.luo, month=OCTOBER, now=NOW)
    with pytest.raises(RedLine, match=rf"{house.lead.short_name} would exceed .* by 0\.01 yuan"):
        pools.propose(by=house.luo, pool=pool, today=TODAY)


@pytest.mark.parametrize("change", [
    {"source": "insurance"}, {"source": "between"}, {"charges": ["examination"]}, {"fen": 0},
    {"kind": "fee_return"}, {"source": "retained"}, {"fund": None, "kind": "award"},
])  # fmt: skip
def test_the_database_refuses_unlawful_pools(house: World, change: dict[str, Any]) -> None:
    found = making.make_bonus(by=house.luo, month=OCTOBER, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayPool.objects.create(**{**columns_of(found), "number": 9, "month": date(2026, 9, 1), **change})


def test_the_database_keeps_sums_totals_and_money(house: World) -> None:
    """Without the service: a total exceeded, parts that do not add up, rows changed or taken away later."""
    pool = making.make_bonus(by=house.luo, month=OCTOBER, now=NOW)
    pools.propose(by=house.luo, pool=pool, today=TODAY)
    rows = PayPool.objects.filter(pk=pool.pk)
    journal = PayPool.objects.get(pk=pool.pk).run.journal
    for name in SHARES:
        PayTotal.objects.create(
            institution=getattr(house, name), year=2026, revision=2, fen=1, document="理事会〔2026〕1号",
            entered_by=house.luo, entered_at=NOW, confirmed_by=house.cai, confirmed_at=NOW,
        )  # fmt: skip
    for change, said in (
        ({"state": "posted", "journal": journal}, "approved pay total"), ({"fen": 5}, "keeps its money"),
        ({"persons": False}, "keeps its money"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=said), transaction.atomic():
            rows.update(**change)
    for part in (PayPot, PayShare):
        with pytest.raises(DatabaseError), transaction.atomic():
            part.objects.filter(pool=pool)._raw_delete("default")
    with pytest.raises(DatabaseError, match="pool is posted"), transaction.atomic():
        PayPot.objects.filter(pool=pool).update(state="drafted")


# The second distribution --------------------------------------------------------------
NO_POINTS = "小组议定本月不参与分配"


def test_a_plan_is_of_its_month_in_words_and_says_why_somebody_gets_nothing(house: World) -> None:
    scene.posted_bonus(house)
    pot = doctors(house)
    with pytest.raises(PotRefused, match="at least 4 characters"):
        pots.write(by=house.wu, pot=pot, agreed=plan_of(pot, minutes="x"), now=NOW)
    with pytest.raises(PotRefused, match="before 2026") as early:
        pots.write(by=house.wu, pot=pot, agreed=plan_of(pot, agreed_on=date(2025, 1, 1)), now=NOW)
    assert early.value.field == "agreed_on"
    last = OCTOBER.first_day - timedelta(days=1)
    with pytest.raises(DatabaseError, match="in the month it divides or later"), transaction.atomic():
        PayPlan.objects.create(
            pot=pot, revision=1, agreed_on=last, minutes="一致同意", made_by=house.wu, made_at=NOW
        )
    people = Staff.objects.in_bulk(pots.points_of(pot))
    with pytest.raises(PotRefused, match="Say why") as none:
        pots.write(by=house.wu, pot=pot, agreed=plan_of(pot, 5, 0, 0, 0, zero_why="x"), now=NOW)
    named = [people[pk].name for pk in list(pots.points_of(pot))[1:]]
    assert all(name in str(none.value) for name in named) and none.value.field == "zero_why"
    agreed = plan_of(pot, 5, 0, 0, 0, agreed_on=OCTOBER.first_day, zero_why=NO_POINTS)
    pot = fresh(pots.write(by=house.wu, pot=pot, agreed=agreed, now=NOW))
    pots.show(by=house.wu, pot=pot, now=NOW)
    for paper in ("", "print/"):  # on the page and on the sheet that is signed
        assert NO_POINTS in house.client("dr").get(f"/a/qinghe/pay/pots/{pot.pk}/{paper}").content.decode()


def test_a_plan_goes_its_way_to_the_books_to_the_fen(house: World) -> None:
    scene.posted_bonus(house)
    pot = doctors(house)
    with pytest.raises(PotRefused, match="At least 3 people"):
        pots.write(by=house.wu, pot=pot, agreed=plan_of(pot, group=2), now=NOW)
    with pytest.raises(PotRefused, match="everybody"):
        pots.write(by=house.wu, pot=pot, agreed=plan_of(pot, points={}), now=NOW)
    with pytest.raises(PotRefused, match="Write down"):
        pots.write(by=house.wu, pot=pot, agreed=plan_of(pot, minutes=" "), now=NOW)
    with pytest.raises(PermissionDenied):
        pots.write(by=house.luo, pot=pot, agreed=plan_of(pot), now=NOW)
    pot = fresh(
        pots.write(by=house.wu, pot=pot, agreed=plan_of(pot, 3, 2, 2, 0, zero_why=NO_POINTS), now=NOW)
    )
    lines = dict(PayLine.objects.filter(plan=pot.plan).values_list("staff", "fen"))
    assert sum(lines.values()) == pot.fen and min(lines.values()) == 0
    pot = fresh(pots.show(by=house.wu, pot=pot, now=NOW, version=pot.version))
    assert pot.shown_until > NOW + timedelta(days=3)
    with pytest.raises(PotRefused, match="sees the plan until"):
        pots.submit(by=house.wu, pot=pot, now=NOW + timedelta(days=2))
    pots.reply(by=house.dr, pot=pot, agrees=False, text="夜班未计入", now=NOW)
    with pytest.raises(PotRefused, match="1 objections"):
        pots.submit(by=house.wu, pot=pot, now=AFTER)
    reply = PayReply.objects.get()
    pots.answer(by=house.wu, pot=pot, row=reply, upheld=False, text="夜班另行发放", now=NOW)
    with pytest.raises(PotRefused, match="answered already"):
        pots.answer(by=house.kong, pot=pot, row=reply, upheld=True, text="再议", now=NOW)
    pot = fresh(pots.submit(by=house.wu, pot=pot, now=AFTER))
    with pytest.raises(Stale):
        pots.submit(by=house.wu, pot=pot, now=AFTER)
    pot = fresh(pots.post(by=house.luo, pot=pot, now=AFTER))
    assert pot.state == "posted" and balance(pot.account) == 0 and sum_of_books() == 0
    paid = {line.staff.pk: line.fen for line in PayLine.objects.filter(plan=pot.plan).select_related("staff")}
    accounts = {one.staff_id: books.balance(one) for one in Account.objects.filter(kind="person")}
    assert accounts == {pk: fen for pk, fen in paid.items() if fen}
    with pytest.raises(DatabaseError), transaction.atomic():
        PayPot.objects.filter(pk=pot.pk).update(state="submitted")


def test_an_upheld_objection_takes_the_plan_back_and_its_next_revision_counts(house: World) -> None:
    scene.posted_bonus(house)
    pot = fresh(pots.write(by=house.kong, pot=doctors(house), agreed=plan_of(doctors(house)), now=NOW))
    pot = fresh(pots.show(by=house.kong, pot=pot, now=NOW))
    with pytest.raises(PermissionDenied):
        pots.reply(by=house.lin, pot=pot, agrees=True, text="", now=NOW)
    row = pots.reply(by=house.dr, pot=pot, agrees=False, text="少计一周", now=NOW)
    pot = fresh(pots.answer(by=house.wu, pot=pot, row=row, upheld=True, text="补计", now=NOW))
    assert (pot.state, pot.shown_until) == ("drafted", None)
    pot = fresh(pots.write(by=house.kong, pot=pot, agreed=plan_of(pot, 9, 1, 1, 1), now=NOW))
    assert pot.plan.revision == 2 and PayLine.objects.filter(pot=pot).count() == 8
    with pytest.raises(DatabaseError, match="add up"), transaction.atomic():
        _one_fen_more(pot)


def _one_fen_more(pot: PayPot) -> None:
    """A line of somebody else under the plan, then the step to the department."""
    stranger = RosterRow.objects.exclude(staff__in=list(pots.points_of(pot))).first()
    assert stranger is not None
    PayLine.objects.create(
        plan=pot.plan, pot=pot, staff=stranger.staff, points=1, fen=1, quota=1, remainder_rank=9
    )
    PayPot.objects.filter(pk=pot.pk).update(state="shown", shown_at=NOW, shown_until=AFTER)


def test_teams_get_their_part_of_the_reward_first(house: World) -> None:
    team = Team.objects.create(institution=house.shiqiao, code="T1", name="石桥一队")
    roster = RosterRow.objects.filter(institution=house.shiqiao).select_related("staff")
    for row in roster:
        TeamMember.objects.create(team=team, staff=row.staff, role="gp", from_date=date(2026, 1, 1))
    made, row = fund(house)
    entering.confirm_fund(by=house.cai, row=row, now=NOW)
    scene.rule(house, "reward", replace(RULE, team_percent=Decimal(60)))
    with pytest.raises(PayRefused, match="no team"):
        from_fund(house, made, kind="reward")
    pool = from_fund(house, made, kind="reward", institutions=[house.shiqiao.pk])
    pot = PayPot.objects.get(pool=pool, team=team)
    assert pot.fen == 540_001 and pot.group == "team"  # 60 % of 900 001 fen, never below
    assert scene.agreed(house, pool).state == "posted" and sum_of_books() == 0


def test_a_village_doctor_divides_the_pot_of_the_townships_team(house: World) -> None:
    """Village rooms are paid through their township (practice.md 1); an expert of the lead is not."""
    team = Team.objects.create(institution=house.shiqiao, code="T1", name="石桥一队")
    ward = Department.objects.create(institution=house.liulin, code="CW", name="村卫生室", kind="clinical")
    village = Staff.objects.create(
        institution=house.liulin, department=ward, code="V1", name="村医", kind="doctor"
    )
    RosterRow.objects.create(
        month=OCTOBER.first_day, staff=village, institution=house.liulin, department=ward,
        post_coefficient=1, days=18, employment="contract",
    )  # fmt: skip
    own = RosterRow.objects.filter(institution=house.shiqiao).select_related("staff").earliest("staff__code")
    expert = RosterRow.objects.filter(institution=house.lead).select_related("staff").earliest("staff__code")
    for staff, role in ((own.staff, "gp"), (village, "village_doctor"), (expert.staff, "expert")):
        TeamMember.objects.create(team=team, staff=staff, role=role, from_date=date(2026, 1, 1))
    made, row = fund(house)
    entering.confirm_fund(by=house.cai, row=row, now=NOW)
    scene.rule(house, "reward", replace(RULE, team_percent=Decimal(60)))
    pool = from_fund(house, made, kind="reward", institutions=[house.shiqiao.pk])
    pot = PayPot.objects.get(pool=pool, team=team)
    assert set(pots.points_of(pot)) == {own.staff_id, village.pk}


# Between institutions -------------------------------------------------------------------
def test_facts_of_collaboration_are_owed_once_and_never_to_persons(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fact(rule: str, referral: int, base: int, percent: int) -> transfers.TransferFact:
        return transfers.TransferFact(
            rule, OCTOBER, house.lead.pk, house.shiqiao.pk, referral, 1, base, Decimal(percent),
            base * percent // 100, base,
        )  # fmt: skip

    known = [fact("down_transfer", 7, 1_000_000, 60), fact("fee_return", 8, 50_000, 10)]
    unsaid = replace(fact("down_transfer", 9, 0, 60), base_fen=None, fen=None, most_fen=None)
    known.append(unsaid)  # its front page does not say what a percent is taken of: not assessed, not 0
    monkeypatch.setattr(transfers, "transfer_facts", lambda month, **more: known)
    pool = between.make(by=house.luo, month=OCTOBER, kind="down_transfer", now=NOW)
    assert (pool.fen, pool.persons) == (600_000, False)  # X6-7
    pool = scene.agreed(house, pool)
    assert balance("clearing:QH01") == -600_000 and balance("clearing:QH11") == 600_000
    assert sum_of_books() == 0
    with pytest.raises(PoolRefused, match="owes anything"):
        between.make(by=house.luo, month=OCTOBER, kind="down_transfer", now=NOW)
    known.append(fact("down_transfer", 11, 200_000, 60))  # found when its front page was corrected
    later = between.make(by=house.luo, month=OCTOBER, kind="down_transfer", now=NOW)
    assert (later.number, later.fen, later.title) == (2, 120_000, f"{pool.title}，补充 1")
    with pytest.raises(PoolRefused, match="has this pool already"):
        between.make(by=house.luo, month=OCTOBER, kind="down_transfer", now=NOW)
    scene.agreed(house, later)
    assert balance("clearing:QH11") == 720_000 and sum_of_books() == 0
    known.pop()
    known[1] = fact("fee_return", 7, 50_000, 10)
    # The transfer of referral 7 stands in the books: no fee is returned for it until it is given back.
    with pytest.raises(PoolRefused, match="owes anything"):
        between.make(by=house.luo, month=OCTOBER, kind="fee_return", now=NOW)
    assert PayTransfer.objects.count() == 2
    with pytest.raises(PoolRefused, match="owes anything"):
        between.make(by=house.luo, month=OCTOBER, kind="service", now=NOW)


# Pages -----------------------------------------------------------------------------------
def state_of(world: World, pot: PayPot) -> str:
    with inside(world):
        return str(PayPot.objects.get(pk=pot.pk).state)


@time_machine.travel(NOW, tick=False)
def test_each_sees_what_is_theirs_and_works_through_the_pages(world: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            scene.grounded(world)
            pool = scene.posted_bonus(world)
            pot, people = doctors(world), list(pots.points_of(doctors(world)))
            nurses = PayPot.objects.get(institution=world.lead, group="nurse")
            with override_settings(ROOT_URLCONF="config.alliance_urls"):
                assert [one.count for one in waiting(world.kong, NOW)] == [3]
        head, doctor, office = (world.client(name) for name in ("wu", "dr", "luo"))
        base = f"/a/qinghe/pay/pots/{pot.pk}/"
        assert head.get(base).status_code == 200
        assert head.get(f"/a/qinghe/pay/pots/{nurses.pk}/").status_code == 404
        assert doctor.get(base).status_code == 404 and world.client("tan").get(base).status_code == 404
        typed = {f"points_{pk}": "1" for pk in people} | {"agreed_on": "2026-11-20", "minutes": "会议纪要"}
        refused = head.post(f"{base}plan/?version=1", typed)
        assert refused.status_code == 400 and "会议纪要" in refused.content.decode()
        assert head.post(f"{base}plan/?version=1", typed | {"group": people[:3]}).status_code == 302
        assert head.post(f"{base}plan/?version=1", typed | {"group": people[:3]}).status_code == 409
        assert head.post(f"{base}act/show/?version=2").status_code == 302
        assert head.post(f"{base}act/show/?version=2").status_code == 409
        page = doctor.get(base).content.decode()
        assert "QH01030" in page and doctor.post(f"{base}act/agree/").status_code == 302
        assert doctor.post(f"{base}act/agree/").status_code == 400
        assert state_of(world, pot) == "shown"
        with time_machine.travel(AFTER, tick=False):  # everybody was signed out while the days went by
            head, doctor, office = (world.client(name) for name in ("wu", "dr", "luo"))
            assert head.post(f"{base}act/submit/?version=3").headers["Location"] == base
            assert state_of(world, pot) == "submitted"
            assert office.post(f"{base}act/post/?version=4").headers["Location"] == base
            assert state_of(world, pot) == "posted"
            mine = doctor.get("/a/qinghe/pay/mine/").content.decode()
            assert "协同奖励基金" in mine and "本单仅含医共体协同绩效" in mine
        head, doctor, office = (world.client(name) for name in ("wu", "dr", "luo"))
        assert head.get(f"/a/qinghe/pay/persons/{people[1]}/").status_code == 200
        assert doctor.get(f"/a/qinghe/pay/persons/{people[1]}/").status_code == 404
        assert "会议纪要" in office.get(f"{base}print/").content.decode()
        for name in (f"{pool.pk}/", "", "sources/", "begin/", "sources/enter/rule/"):
            assert office.get(f"/a/qinghe/pay/{name}").status_code == 200, name
        assert doctor.get("/a/qinghe/pay/sources/").status_code == 403


def test_the_list_of_pots_costs_the_same_for_any_number(world: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        scene.posted_bonus(world)
    client, asked = world.client("luo"), []
    for place, rows in ((world.shiqiao, 2), (world.lead, 3)):
        address = f"/a/qinghe/pay/pots/?institution={place.pk}"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address).content.decode()
        assert page.count("/a/qinghe/pay/pots/") >= rows
        asked.append(len(queries))
    assert asked[0] == asked[1] < 20
