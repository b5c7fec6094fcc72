"""Clues: planted patterns open them once, institutions speak first, two confirm, no score changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.models.base import Stale
from alliance.services import jobs
from grouping.models import Case, GroupedCase, Scheme
from grouping.patterns import facts as patterns
from grouping.services import intake, publishing
from grouping.services import schemes as grouping_schemes
from performance.evaluations import services as evaluations
from performance.fairness import services
from performance.fairness.detectors import ALL
from performance.fairness.refusals import FairnessRefused
from performance.fairness.waiting import waiting
from performance.models import Clue, ClueException, ClueRecord, EvaluatorKind, FairnessRun, Rating
from referrals import services as referrals
from tests.grouping.files import as_csv, front_page
from tests.performance.scene import inside
from tests.referrals.scene import logged, number_of
from tests.world import World, member, place

OCTOBER = Month(2026, 10)
NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)


def bounce(world: World, serial: int, day: int) -> None:
    """Sent down, arrived, and up again with the same disease three days later."""
    at = datetime(2026, 10, day, 2, tzinfo=UTC)
    down = logged(
        world, by="lin", serial=serial, target="shiqiao", now=at, direction="down", reason="rehabilitation",
        urgency="ordinary", next_plan="继续康复", medication="按出院带药", follow_up_plan="一周内随访",
        discharge_summary="好转出院",
    )  # fmt: skip
    down = referrals.accept(by=world.zhao, referral=down, now=at)
    referrals.arrive(by=world.zhao, referral=down, now=at)
    later = at + timedelta(days=3)
    up = logged(world, serial=serial, now=later)
    referrals.arrive(by=world.lin, referral=referrals.accept(by=world.lin, referral=up, now=later), now=later)


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Six patients go down and straight up again between the county hospital and the township."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        for serial in range(6):
            bounce(world, serial + 1, 5 + serial)
        yield world


def only(detector: str = "pingpong") -> Clue:
    found: Clue = Clue.objects.select_related("institution", "other").get(detector=detector)
    return found


def look(world: World, month: Month = OCTOBER) -> FairnessRun:
    return services.look(by=world.luo, month=month, now=NOW)


def test_a_planted_pair_opens_one_clue_and_the_same_evidence_never_opens_twice(house: World) -> None:
    run = look(house)
    clue = only()
    assert run.counts is not None and run.counts["pingpong"]["opened"] == 1
    assert sum(one["opened"] for one in run.counts.values()) == 1
    assert {clue.institution, clue.other} == {house.lead, house.shiqiao}
    assert clue.numbers["idle"] == 6 and clue.evidence == 6 == clue.records.count()
    assert clue.limits["fairness.pingpong"] == {"at_least": 3, "tolerated": "0.02"}
    assert look(house).counts["pingpong"] | {"tested": 0, "small": 0} == {
        "tested": 0, "small": 0, "found": 1, "opened": 0, "known": 0, "live": 1, "excepted": 0
    }  # fmt: skip
    services.dismiss(by=house.luo, clue=clue, reason="病情反复，已核对病历", now=NOW)
    again = look(house, OCTOBER).counts
    assert again is not None and again["pingpong"]["known"] == 1 and Clue.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        ClueRecord.objects.filter(clue=clue).update(told={})
    first = ClueRecord.objects.filter(clue=clue)[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        ClueRecord.objects.create(
            clue=clue, detector="pingpong", subject=clue.subject, kind="referral", object_id=first.object_id,
            told={},
        )  # fmt: skip


def test_an_honest_alliance_raises_nothing_and_the_job_does_every_look(world: World) -> None:
    with inside(world):
        for serial in range(1, 7):
            referral = logged(world, serial=serial, now=datetime(2026, 10, 4 + 3 * serial, 2, tzinfo=UTC))
            at = referral.logged_at + timedelta(hours=1)
            referral = referrals.accept(by=world.lin, referral=referral, now=at)
            referral = referrals.arrive(by=world.lin, referral=referral, now=at)
            referrals.treat(by=world.lin, referral=referral, now=at)
        with pytest.raises(FairnessRefused, match="has not ended"):
            services.enqueue(by=world.luo, month=Month(2026, 11), now=NOW)
        with pytest.raises(PermissionDenied):
            services.enqueue(by=world.kong, month=OCTOBER, now=NOW)
        assert services.enqueue_due(now=datetime(2026, 11, 11, 2, tzinfo=UTC)) is None
        assert services.enqueue_due(now=NOW) is not None
    assert [job.state for job in jobs.drain(world.qinghe) if job.kind == services.LOOK] == ["done"]
    with inside(world):
        run = FairnessRun.objects.get()
        assert run.counts is not None and set(run.counts) == set(ALL) and not Clue.objects.exists()
        assert services.enqueue_due(now=NOW) is None


def test_nobody_is_held_to_it_who_could_not_speak_and_two_uninvolved_people_confirm(house: World) -> None:
    look(house)
    clue = only()
    assert clue.due_at is not None
    late = clue.due_at + timedelta(hours=1)
    with pytest.raises(FairnessRefused, match="may explain until"):
        services.propose(by=house.luo, clue=clue, reason="反复转诊", measure="exclude", now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():  # the database asks the same
        Clue.objects.filter(pk=clue.pk).update(
            state="proposed", decided_by=house.luo, decided_at=NOW, reason="x", measure="exclude"
        )
    with pytest.raises(PermissionDenied):
        services.explain(by=house.lin, clue=clue, text="x", now=NOW)
    with pytest.raises(PermissionDenied):
        services.dismiss(by=house.kong, clue=clue, reason="x", now=NOW)
    services.explain(by=house.kong, clue=clue, text="患者均有加重记录", now=NOW)
    clue = only()
    assert (clue.state, clue.answers) == ("answered", 1)
    Membership.objects.create(user=house.meng.user, institution=house.shiqiao, roles=["clinician"])
    with pytest.raises(FairnessRefused, match="uninvolved"):
        services.accept(by=house.meng, clue=clue, reason="x", now=late)
    with pytest.raises(FairnessRefused, match="does not belong"):
        services.propose(by=house.luo, clue=clue, reason="x", measure="repeat", now=late)
    clue = services.propose(by=house.luo, clue=clue, reason="六例均无加重", measure="exclude", now=late)
    with pytest.raises(FairnessRefused, match="two different people"):
        services.confirm(by=house.luo, clue=clue, now=late)
    with pytest.raises(Stale):
        services.explain(by=house.kong, clue=clue, text="再说", now=late)
    second = member("xu", "徐明", None, "management_committee")
    assert services.give_back(by=second, clue=clue, reason="再核两例", now=late).state == "answered"
    clue = services.propose(by=house.luo, clue=only(), reason="已再核", measure="exclude", now=late)
    clue = services.confirm(by=second, clue=clue, now=late)
    assert clue.state == "confirmed" and clue.confirmed_by == second


def test_an_exception_rests_a_pattern_until_its_day_or_until_it_is_revoked(house: World) -> None:
    look(house)
    with pytest.raises(FairnessRefused, match="at most 12 months"):
        services.dismiss(by=house.luo, clue=only(), reason="x", now=NOW, until=date(2028, 1, 1))
    services.dismiss(by=house.luo, clue=only(), reason="试点康复接续", now=NOW, until=date(2027, 3, 31))
    for serial in range(6, 12):
        bounce(house, serial + 1, 5 + serial)
    assert look(house).counts["pingpong"]["excepted"] == 1
    rest = ClueException.objects.get()
    services.revoke(by=house.luo, exception=rest, why="试点结束", now=NOW)
    with pytest.raises(FairnessRefused, match="revoked already"):
        services.revoke(by=house.luo, exception=rest, why="再撤", now=NOW)
    assert look(house).counts["pingpong"]["opened"] == 1
    newest = Clue.objects.order_by("-pk")[0]
    assert (newest.evidence, newest.numbers["idle"]) == (6, 12)


def test_reciprocal_praise_names_a_pair_and_no_mark_and_only_deciders_know(world: World) -> None:
    with inside(world):
        others = [place(f"QH2{n}", f"乡{n}卫生院", "primary", "township") for n in range(5)]
        places = [world.lead, world.tcm, *others]
        people = [
            member(f"r{one.code}{n}", f"评{one.code}{n}", one, "clinician")
            for one in places
            for n in range(3)
        ]
        terms = evaluations.Terms("互评", "peer_review", OCTOBER, date(2026, 11, 1), date(2026, 11, 10))
        made = evaluations.open_round(
            by=world.luo, terms=terms, raters={EvaluatorKind.PEER: people}, subjects=places
        )
        friends = {world.lead.pk, world.tcm.pk}
        for one in people:
            points = {
                row.pk: Decimal(
                    98 if {one.institution_id, row.subject_id} == friends else 70 + row.subject_id % 5
                )
                for row in evaluations.mine(one, made)
            }
            evaluations.rate(by=one, made=made, points=points, today=date(2026, 11, 5), now=NOW)
        evaluations.close(by=world.luo, made=made, today=date(2026, 11, 11), now=NOW)
        run = look(world)
        clue = only("praise")
        assert {clue.institution, clue.other} == {world.lead, world.tcm} and run.counts["praise"][
            "opened"
        ] == 1
        assert clue.numbers == {"raters": 3, "others": 5} and clue.records.get().told == {}
        assert not Rating.objects.exists()  # nobody reads them, also not after the look
        for outsider in (world.kong, world.ding, world.su):
            assert clue not in Clue.objects.seen_by(outsider)
        assert clue in Clue.objects.seen_by(world.luo)
        with pytest.raises(PermissionDenied):
            services.explain(by=world.kong, clue=clue, text="x", now=NOW)
        with pytest.raises(FairnessRefused, match="does not belong"):
            services.propose(by=world.luo, clue=clue, reason="x", measure="notice", now=NOW)
        clue = services.propose(by=world.luo, clue=clue, reason="换人重评", measure="repeat", now=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            Clue.objects.filter(pk=clue.pk).update(confidential=False)


@pytest.mark.urls("config.alliance_urls")
def test_the_inbox_tells_who_may_explain_and_who_decides(house: World) -> None:
    look(house)
    assert [todo.state for todo in waiting(house.kong, NOW)] == ["warn"] and waiting(house.luo, NOW) == []
    assert waiting(house.lin, NOW) == []
    services.explain(by=house.kong, clue=only(), text="已核", now=NOW)
    assert waiting(house.kong, NOW) == [] and len(waiting(house.luo, NOW)) == 1
    services.propose(by=house.luo, clue=only(), reason="x", measure="talk", now=NOW)
    assert waiting(house.luo, NOW) == [] and len(waiting(house.meng, NOW)) == 1


def test_more_pairs_cost_no_more_queries(house: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            look(house)
        return len(caught)

    look(house)
    before = cost()
    for serial in range(20, 30):
        bounce(house, serial, 8)
    assert cost() <= before


def test_split_admissions_are_found_in_stored_cases_and_planned_chains_are_none(qinghe: World) -> None:
    """Six of the lead hospital's stays come back after three days; those for chemotherapy are planned."""

    def stays(prefix: str, diagnosis: str) -> list[dict[str, str]]:
        found = []
        for number in range(6):
            serial = number + (50 if prefix == "化" else 0)
            who = {"A11": prefix, "A13": "1959-03-12", "A14": "67", "A20": number_of(serial)}
            for visit, days in enumerate((("01", "05"), ("08", "12"))):
                times = {"B12": f"2026-10-{days[0]} 09:00:00", "B15": f"2026-10-{days[1]} 10:00:00"}
                found.append(
                    front_page(
                        qinghe.lead.organisation, f"{prefix}{number}-{visit}", C03C=diagnosis, **who, **times
                    )
                )
        return found

    with inside(qinghe):
        rows = [*stays("回", "I10.x00"), *stays("化", "Z51.100")]
        file, _made = intake.receive_file(
            by=qinghe.lin, name="again.csv", content=[as_csv(rows)], today=date(2026, 11, 10)
        )
    jobs.drain(qinghe.qinghe)
    with inside(qinghe):
        publishing.publish_by_id(by=qinghe.lin, file_id=file.pk)
    jobs.drain(qinghe.qinghe)
    with inside(qinghe):
        found = patterns.splits([OCTOBER], planned=["Z51"], anywhere=False)
        split = [one for row in found for one in row.split]
        assert len(split) == 6 and {one["days"] for one in split} == {3}
        assert sum(row.admissions for row in found) == 12 + 11 + 4 + 24
        days = {(one.place, one.month): one.hits for one in patterns.last_days(OCTOBER, 2, days=20, most=9)}
        assert days["QH01", OCTOBER] == 24
        assert patterns.change_of_weights(OCTOBER.first_day, OCTOBER.last_day) is None
        assert patterns.families(date(2026, 10, 10), OCTOBER, OCTOBER) is not None
        look(qinghe)


def test_codes_that_drift_after_a_change_of_weights_are_found_in_stored_cases(qinghe: World) -> None:
    """Three hospitals before and after another scheme holds; one of them codes up."""
    with inside(qinghe):
        grouping_schemes.adopt_shipped(by=qinghe.su, code="xietong_demo", from_date=CHANGE)
        heavy = {"lead": (10, 32), "tcm": (10, 10), "shiqiao": (10, 11)}  # of 40, before and after
        model = Case.objects.filter(month=OCTOBER.first_day).order_by("pk")[0]
        cases, groups = [], []
        for name, after_before in heavy.items():
            for late, number in enumerate(after_before):
                for serial in range(40):
                    day = datetime(2026, 9 if late else 7, 1 + serial % 28, 2, tzinfo=UTC)
                    cases.append(_like(model, getattr(qinghe, name), f"漂{name}{late}{serial:02}", day))
                    groups.append("EX19" if serial < number else "EX15")
        Case.objects.bulk_create(cases)
        before, after = Scheme.objects.order_by("from_date")
        weights = {"EX19": Decimal("1.9"), "EX15": Decimal("0.8")}
        GroupedCase.objects.bulk_create(
            GroupedCase(
                case_id=case.pk, revision=1, scheme=after if case.month >= CHANGE else before, mdc="MDCE",
                adrg="EX1", drg=drg, status="grouped", weight=weights[drg],
            )
            for case, drg in zip(cases, groups, strict=True)
        )  # fmt: skip
        look(qinghe, Month(2026, 9))
        clue = only("drift")
        assert (clue.institution, clue.part, clue.other) == (qinghe.lead, str(CHANGE), None)
        assert (clue.numbers["heavy"], clue.numbers["heavy_before"], clue.evidence) == (32, 10, 32)
        told = {record.object_id: record.told for record in clue.records.all()}
        assert set(told) == {
            case.pk for case, drg in zip(cases, groups, strict=True)
            if drg == "EX19" and case.institution_id == qinghe.lead.pk and case.month >= CHANGE
        }  # fmt: skip
        assert set(map(str, told.values())) == {"{'group': 'EX19'}"}


CHANGE = date(2026, 8, 1)


def _like(model: Case, place: Institution, record_no: str, day: datetime) -> Case:
    """A stay of another place and day, in everything else as the model."""
    fields = {
        one.attname: getattr(model, one.attname) for one in Case._meta.concrete_fields if not one.primary_key
    }
    changed = {
        "institution_id": place.pk, "record_no": record_no, "month": day.date().replace(day=1),
        "admitted_at": day - timedelta(days=4), "discharged_at": day,
    }  # fmt: skip
    return Case(**{**fields, **changed})
