"""What follows from a confirmed clue: nothing before a vote, then really, and back only by another vote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.approvals import services as approvals
from alliance.models import Department, Institution, Membership
from alliance.models.base import Stale
from grouping.metrics import monthly
from grouping.models import Case
from performance import collect
from performance.declared.refusals import DeclaredRefused
from performance.declared.services import vetoes
from performance.fairness import services
from performance.fairness.refusals import FairnessRefused
from performance.fairness.services import remedies
from performance.fairness.waiting import waiting
from performance.levels import facts as level_facts
from performance.levels import records as level_records
from performance.levels.explained import Explained
from performance.levels.subjects import of as subjects_of
from performance.models import (
    Clue,
    ClueRecord,
    ClueRemedy,
    Consequence,
    FairnessRun,
    IndicatorValue,
    LevelFact,
    LevelRun,
    LevelSubject,
)
from performance.services import evidence, months
from performance.services.refusals import RunUnderway
from performance.show import since
from tests.performance.declared_scene import both_seats, committee, confirmed, entry
from tests.performance.scene import compute, inside, post, prepare
from tests.performance.test_fairness import NOW, OCTOBER, bounce, look, only
from tests.world import World, member

LATER = NOW + timedelta(days=20)
TODAY = LATER.date()
Values = Mapping[tuple[str, str], Any]


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Six idle referrals between the county hospital and the township, and the clue that names them."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        for serial in range(6):
            bounce(world, serial + 1, 5 + serial)
        look(world)
        world.people["xu"] = member("xu", "徐明", None, "management_committee")
        yield world


def held_for_real(world: World, clue: Clue, measure: str) -> Clue:
    """Both persons agree after the time to explain."""
    clue = services.propose(by=world.luo, clue=clue, reason="六例均无加重记录", measure=measure, now=LATER)
    return services.confirm(by=world.people["xu"], clue=clue, now=LATER)


def voted(world: World, remedy: ClueRemedy, verdict: str = "yes") -> ClueRemedy:
    """Luo puts it to the vote, Cai decides."""
    remedy = remedies.propose(by=world.luo, remedy=remedy, chain="two_people", today=TODAY)
    assert remedy.approval is not None
    approvals.decide(by=world.cai, approval=remedy.approval, verdict=verdict, note="已审")
    return ClueRemedy.objects.named().get(pk=remedy.pk)


def the(kind: str = "exclude") -> ClueRemedy:
    return ClueRemedy.objects.named().get(kind=kind)


def facts(*keys: str) -> Values:
    """Facts of October by institution and key."""
    places = Institution.objects.filter(is_active=True).select_related("parent")
    found = collect.facts_of({OCTOBER: frozenset(keys)}, places)
    return {(one.institution, one.key): (one.value, one.evidence_count) for one in found}


def about(world: World, place: Institution, kind: str, ids: list[int], detector: str = "rush") -> Clue:
    """A clue about some records whose time to explain is over."""
    run = FairnessRun.objects.create(month=OCTOBER.first_day, limits={}, started_at=NOW)
    clue: Clue = Clue.objects.create(
        run=run, detector=detector, month=OCTOBER.first_day, institution=place, part="discharge",
        subject=f"{detector}:{place.code}:{kind}", severity="high", numbers={}, chance=0, share=0,
        limits={"fairness.false_share": "0.05"}, evidence=len(ids), opened_at=NOW, due_at=NOW,
    )  # fmt: skip
    ClueRecord.objects.bulk_create(
        ClueRecord(clue=clue, detector=detector, subject=clue.subject, kind=kind, object_id=pk, told={})
        for pk in ids
    )
    return clue


def test_records_are_left_out_by_a_vote_alone_and_counted_again_by_another(house: World) -> None:
    key, shiqiao = "down_logged_sent", "QH01"
    assert facts(key)[shiqiao, key] == (6, 6)
    held_for_real(house, only(), "exclude")
    remedy = the()
    assert (remedy.state, remedy.why) == ("open", "六例均无加重记录") and facts(key)[shiqiao, key] == (6, 6)
    Membership.objects.create(user=house.meng.user, institution=house.shiqiao, roles=["clinician"])
    with pytest.raises(FairnessRefused, match="uninvolved"):
        remedies.propose(by=house.meng, remedy=remedy, chain="two_people", today=TODAY)
    with pytest.raises(PermissionDenied):
        remedies.propose(by=house.kong, remedy=remedy, chain="two_people", today=TODAY)
    with pytest.raises(DatabaseError), transaction.atomic():  # the database asks the same
        ClueRemedy.objects.filter(pk=remedy.pk).update(state="in_force")
    remedy = voted(house, remedy)
    assert (remedy.state, remedy.decided_by) == ("in_force", house.cai)
    assert facts(key)[shiqiao, key] == (0, 0)
    with pytest.raises(FairnessRefused, match="another vote"):
        remedies.finish(by=house.luo, remedy=remedy, reason="算了", now=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        ClueRemedy.objects.filter(pk=remedy.pk).update(state="open")
    with pytest.raises(Stale):
        remedies.restore(by=house.luo, remedy=remedy, reason="x", now=LATER, version=1)
    back = remedies.restore(by=house.luo, remedy=remedy, reason="复核发现两例确有加重", now=LATER)
    assert facts(key)[shiqiao, key] == (0, 0)
    with pytest.raises(FairnessRefused, match="open for this clue already"):
        remedies.restore(by=house.luo, remedy=remedy, reason="再提", now=LATER)
    assert voted(house, back).state == "done"
    before = the()
    assert (before.state, before.outcome) == ("lifted", "复核发现两例确有加重")
    assert facts(key)[shiqiao, key] == (6, 6)


def test_what_the_deciders_decline_changes_nothing(house: World) -> None:
    held_for_real(house, only(), "exclude")
    assert voted(house, the(), "no").state == "declined"
    assert facts("down_logged_sent")["QH01", "down_logged_sent"] == (6, 6)


@pytest.mark.urls("config.alliance_urls")
def test_a_notice_is_answered_by_its_institution_and_closed_by_somebody_uninvolved(house: World) -> None:
    held_for_real(house, only(), "notice")
    assert "voted" not in [todo.why for todo in waiting(house.luo, LATER)]
    assert [todo.count for todo in waiting(house.luo, LATER)] == [1]
    with time_machine.travel(LATER, tick=False):
        notice = voted(house, the("notice"))
    assert notice.due_at is not None and waiting(house.kong, LATER)[-1].due == notice.due_at
    with pytest.raises(PermissionDenied):
        remedies.reply(by=house.tan, remedy=notice, reason="x", now=LATER)
    notice = remedies.reply(by=house.kong, remedy=notice, reason="已补录病情变化", now=LATER)
    assert waiting(house.kong, LATER) == [] and len(waiting(house.luo, LATER)) == 1
    notice = remedies.finish(by=house.luo, remedy=notice, reason="抽查属实", now=LATER)
    assert (notice.state, notice.outcome) == ("done", "抽查属实") and waiting(house.luo, LATER) == []


def test_a_deduction_is_a_proposal_of_its_own_and_once_a_month(house: World) -> None:
    held_for_real(house, only(), "deduct")
    rows = {row.institution: row for row in Consequence.objects.filter(kind="gaming")}
    assert set(rows) == {house.lead, house.shiqiao} and not ClueRemedy.objects.exists()
    row = rows[house.shiqiao]
    assert (row.period, row.percent, row.low, row.base_fen, row.state) == ("2026-10", 5, 1, None, "open")
    other = about(house, house.shiqiao, "referral", [1], detector="rush")
    with pytest.raises(FairnessRefused, match="proposed or decided already"):
        held_for_real(house, other, "deduct")


def test_a_confirmed_falsification_goes_to_the_committee_as_a_veto(house: World) -> None:
    with pytest.raises(DeclaredRefused, match="Two people confirm"):
        vetoes.propose_from_clue(by=house.luo, clue=only(), reason="x", now=LATER)
    clue = held_for_real(house, only(), "veto")
    chain = committee(house)
    veto = vetoes.propose_from_clue(by=house.luo, clue=clue, reason="虚构下转", now=LATER, chain=chain)
    assert vetoes.vetoes(OCTOBER) == {} and veto.approval is not None
    both_seats(house, veto, "yes")
    assert vetoes.vetoed(OCTOBER, OCTOBER) == {clue.institution_id: frozenset({OCTOBER})}


def test_a_declared_value_left_out_is_not_known_and_never_zero(house: World) -> None:
    (row,) = confirmed(house, entry(house.lead, "contracted", 620))
    assert facts("contracted")["QH01", "contracted"] == (Decimal(620), 1)
    held_for_real(house, about(house, house.lead, "value", [row.pk], "heaping"), "exclude")
    voted(house, the())
    assert facts("contracted")["QH01", "contracted"] == (None, 0)


def test_sums_of_cases_are_those_without_the_cases_left_out(world: World, tmp_path: Path) -> None:
    """The oracle: the same sums once the cases are voided."""
    keys = (monthly.PLACE_KEYS - monthly.UNSHARED) - {"cost_index_sum", "stay_index_sum"}
    with override_settings(MEDIA_ROOT=tmp_path):
        prepare(world)
        with inside(world):
            world.people["xu"] = member("xu", "徐明", None, "management_committee")
            monthly.bring_up(OCTOBER)
            whole = facts(*keys)
            ids = list(
                Case.objects.filter(institution=world.lead).order_by("pk").values_list("pk", flat=True)
            )
            held_for_real(world, about(world, world.lead, "case", ids[:5]), "exclude")
            voted(world, the())
            without, departments = facts(*keys), of_departments(world)
            assert whole["QH01", "discharges"] == (12, 12) and without["QH01", "discharges"] == (7, 7)
            assert without["QH01", "cost_fen"] != whole["QH01", "cost_fen"]
            assert {
                listed(world, int(pk)) - count
                for (pk, key), (_value, count) in departments.items()
                if key == "discharges"
            } == {0}  # a number opens the records it counts, and no other
            voted(world, remedies.restore(by=world.luo, remedy=the(), reason="对照", now=LATER))
            assert facts(*keys) == whole
            Case.objects.filter(pk__in=ids[:5]).update(voided_at=NOW)
            monthly.bring_up(OCTOBER)
            assert without == facts(*keys) and departments == of_departments(world)


def listed(world: World, department: int) -> int:
    """How many cases a department's discharges of October open to."""
    row = LevelSubject(institution=world.lead, department=Department.objects.get(pk=department))
    fact = LevelFact(kind="case", month=OCTOBER.first_day, key="discharges")
    run = LevelRun(computed_at=LATER + timedelta(days=365))
    found: int = level_records.of(Explained(row, run), fact).count()
    return found


def of_departments(world: World) -> Values:
    """Facts of October by department, those of the lead hospital."""
    whos = [who for who in subjects_of("department") if who.institution_id == world.lead.pk]
    wanted = {OCTOBER: frozenset({"discharges", "cost_fen", "drug_fen", "total_weight"})}
    return {
        (str(one.pk), one.key): (one.value, one.count)
        for one in level_facts.facts_of(wanted, "department", whos)
    }


def test_a_month_says_what_was_left_out_and_an_approved_one_never_changes(
    world: World, tmp_path: Path
) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        prepare(world)
        with inside(world):
            world.people["xu"] = member("xu", "徐明", None, "management_committee")
        first = compute(world)
        with inside(world):
            case = list(Case.objects.filter(institution=world.lead).values_list("pk", flat=True)[:2])
            held_for_real(world, about(world, world.lead, "case", case), "exclude")
            voted(world, the())
            # Never silently: the computed month names the numbers that are others now.
            assert first.settlement is not None
            found = since.changes(first.settlement, world.luo)
            assert "12 → 10" in {one.shown for one in found if one.institution == world.lead.short_name}
        second = compute(world)
        assert second.settlement is not None
        assert first.settlement.result_digest != second.settlement.result_digest
        with inside(world):
            fact = evidence.fact_of(second.settlement, world.lead, OCTOBER, "discharges")
            if fact is None:
                fact = evidence.fact_of(second.settlement, world.lead, OCTOBER, "weighted_cases")
            assert fact is not None and (fact.value, fact.count, fact.agrees) == (10, 10, True)
            left, why = evidence.cases_left_out(fact)
            assert set(why) == set(case) and left.count() == 2 and evidence.cases(fact).count() == 10
            cmi = IndicatorValue.objects.get(
                settlement=second.settlement, institution=world.lead, indicator="cmi"
            )
        kong = world.client("kong")
        page = kong.get("/a/qinghe/months/2026-10/institutions/QH01/why/cmi/").content.decode()
        assert "已按决定剔除 2 条记录" in page and "剔除 2 条" in page, cmi.formula
        url = f"/a/qinghe/months/2026-10/institutions/QH01/records/2026-10/{fact.key}/?view=out"
        body = world.client("lin").get(url)
        assert body.status_code in (200, 403)
        office = world.client("luo").get(url).content.decode()
        assert "经决定不计入（线索" in office
        approved = post(world, second)
        with inside(world):
            voted(world, remedies.restore(by=world.luo, remedy=the(), reason="复核后恢复", now=LATER))
            with pytest.raises(RunUnderway):
                months.enqueue_run(by=world.su, month=OCTOBER)
            assert months.recompute(approved.settlement).identical  # type: ignore[arg-type]
            assert since.changes(approved.settlement, world.luo)  # type: ignore[arg-type]


@time_machine.travel(LATER, tick=False)
def test_the_page_of_a_clue_carries_what_follows(world: World, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    with inside(world):
        for serial in range(6):
            bounce(world, serial + 1, 5 + serial)
        look(world)
        world.people["xu"] = member("xu", "徐明", None, "management_committee")
        held_for_real(world, only(), "exclude")
        pk, remedy = only().pk, the().pk
    office, town, url = world.client("luo"), world.client("kong"), f"/a/qinghe/clues/{pk}/"
    page = office.get(url).content.decode()
    assert "待提交表决" in page and "表决通过前不产生任何变化" in page
    act = f"{url}measures/{remedy}/propose/"
    assert town.post(act, {"chain": "two_people"}).status_code == 403
    assert office.post(f"{act}?version=1", {"chain": "nobody"}).status_code == 400
    assert office.post(f"{act}?version=1", {"chain": "two_people"}).status_code == 302
    assert office.post(f"{act}?version=1", {"chain": "two_people"}).status_code == 409
    with inside(world):
        approval = the().approval
        assert approval is not None
    finance = world.client("cai").get(f"/a/qinghe/approvals/{approval.pk}/").content.decode()
    assert "相关记录不计入指标 · 无效转诊往返" in finance and "六例均无加重记录" in finance
    with inside(world):
        approvals.decide(by=world.cai, approval=approval, verdict="yes")
    assert "6 条记录自此不计入" in town.get(url).content.decode()
    restore = f"{url}measures/{remedy}/restore/?version=3"
    refused = office.post(restore, {"reason": " "})
    assert refused.status_code == 400 and office.post(restore, {"reason": "复核"}).status_code == 302
