"""Departments and persons of a month: collected set by set, scored, kept, explained down to the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.lib.canonical import to_plain
from alliance.models import Department, Staff
from alliance.services import jobs
from performance.drafting import show
from performance.engine import editing
from performance.engine.forms import AddDeduct
from performance.engine.restore import restore
from performance.engine.templates import shipped_templates
from performance.levels import facts, services, trying
from performance.levels.explained import Explained
from performance.levels.services import LevelRefused
from performance.models import Level, LevelFact, LevelRun, LevelScore, LevelSubject
from performance.services import drafts, schemes
from performance.slip import peers
from performance.slip.words import indicator_words
from tests.performance.scene import NOW, OCTOBER, inside
from tests.world import World, member

AT = "/a/qinghe/months/2026-10/levels"


@pytest.fixture
def levels(qinghe: World) -> Iterator[World]:
    """October with a scheme for departments and persons, and staff whom records name."""
    with inside(qinghe):
        for code in ("department_four", "person_posts", "alliance_three"):
            found = shipped_templates()[code]
            scheme = replace(found.scheme, effective_from=date(2026, 1, 1))
            schemes.adopt(by=qinghe.luo, scheme=scheme, level=found.level, evaluators=found.evaluators)
        qinghe.people["du"] = member("du", "杜若", qinghe.lead, "department_head", "clinician")
        for name, code, who in (
            ("lead", "D1", "lin"), ("lead", "D2", "wu"), ("lead", "D3", "du"), ("shiqiao", "D1", "zhao"),
        ):  # fmt: skip
            place = getattr(qinghe, name)
            room = Department.objects.get(institution=place)
            Staff.objects.create(
                institution=place, department=room, code=code, name=qinghe.people[who].user.name,
                kind="doctor", user=qinghe.people[who].user,
            )  # fmt: skip
        room = Department.objects.get(institution=qinghe.lead)
        qinghe.people["du"].department = room
        qinghe.people["du"].save()
        other = Department.objects.create(institution=qinghe.lead, code="09", name="外科", kind="clinical")
        Staff.objects.create(institution=qinghe.lead, department=other, code="D9", name="何九", kind="doctor")
    yield qinghe


def computed(world: World, level: str) -> LevelRun:
    with inside(world):
        run = services.enqueue(by=world.luo, month=OCTOBER, level=level)
    jobs.drain(world.qinghe)
    with inside(world):
        return LevelRun.objects.select_related("scheme").get(pk=run.pk)


def of(run: LevelRun, code: str) -> LevelSubject:
    found: LevelSubject = LevelSubject.objects.select_related("institution", "department", "staff").get(
        run=run, code=code
    )
    return found


def fact(row: LevelSubject, key: str) -> LevelFact:
    found: LevelFact = LevelFact.objects.get(subject=row, month=OCTOBER.first_day, key=key)
    return found


def test_departments_are_scored_and_every_number_opens(levels: World) -> None:
    run = computed(levels, Level.DEPARTMENT)
    assert run.state == "computed", services.sentence(run)
    with inside(levels):
        ward = of(run, "QH01/03")
        assert fact(ward, "cost_fen").value == 12 * 123_456 or fact(ward, "cost_fen").count == 12
        found = Explained(ward, run)
        assert found.agrees and ward.status == "reweighted" and ward.score is not None
        kept = {one.indicator: one for one in LevelScore.objects.filter(subject=ward)}
        assert kept["patient_satisfaction"].value is None
        assert kept["patient_satisfaction"].reason == "missing_fact"
        # The township's up-referrals name the department that received them, or none.
        surgery = of(run, "QH01/09")
        assert fact(surgery, "posting_teaching_minutes").value == 0
    office = levels.client("luo", HTTP_HOST="testserver")
    page = office.get(f"{AT}/department/").content.decode()
    assert "内科" in page and "外科" in page
    address = f"/a/qinghe/months/level-scores/{ward.pk}/"
    assert office.get(address).status_code == 200
    assert office.get(f"{address}why/cost_change/").status_code == 200
    assert office.get(f"{address}why/nothing/").status_code == 404
    # Readmission counts eligible discharges: its record list holds the department's cases.
    rows = office.get(f"{address}records/2026-10/posting_teaching_minutes/")
    assert rows.status_code == 200


def test_persons_see_themselves_and_heads_their_department(levels: World) -> None:
    run = computed(levels, Level.PERSON)
    with inside(levels):
        sender = of(run, "QH11/D1")
        # Zhao logged the township's six referrals; five arrived.
        assert fact(sender, "up_logged_sent").value == 6 and len(fact(sender, "up_logged_sent").ids) == 6
        assert fact(sender, "up_arrived_sent").value == 5
        assert Explained(sender, run).agrees
        rows = {one.code: one for one in LevelSubject.objects.filter(run=run)}
    address = "/a/qinghe/months/level-scores/{}/".format
    seen = {
        name: {
            code for code, row in rows.items() if levels.client(name).get(address(row.pk)).status_code == 200
        }
        for name in ("lin", "du", "kong", "zhao", "luo", "tan")
    }
    assert seen["lin"] == {"QH01/D1"} and seen["zhao"] == {"QH11/D1"} and seen["tan"] == set()
    assert seen["du"] == {"QH01/D1", "QH01/D2", "QH01/D3"}  # his department
    assert seen["kong"] == {"QH01/D1", "QH01/D2", "QH01/D3", "QH01/D9"}  # his institution
    assert seen["luo"] == set(rows)
    listed = levels.client("lin").get(f"{AT}/person/").content.decode()
    assert "林静" in listed and "杜若" not in listed
    records = levels.client("zhao").get(f"{address(sender.pk)}records/2026-10/up_arrived_sent/")
    assert records.status_code == 200 and records.content.decode().count("<tr") == 6


def test_what_a_level_refuses(levels: World) -> None:
    with inside(levels):
        with pytest.raises(LevelRefused) as refused:
            services.enqueue(by=levels.luo, month=OCTOBER, level=Level.TEAM)
        assert refused.value.reason == "no_scheme"
        with pytest.raises(PermissionDenied):
            services.enqueue(by=levels.lin, month=OCTOBER, level=Level.PERSON)
        services.enqueue(by=levels.luo, month=OCTOBER, level=Level.PERSON)
        with pytest.raises(LevelRefused) as refused:
            services.enqueue(by=levels.luo, month=OCTOBER, level=Level.PERSON)
        assert refused.value.reason == "underway"
    jobs.drain(levels.qinghe)
    with inside(levels):
        again = services.enqueue(by=levels.luo, month=OCTOBER, level=Level.PERSON)
        assert again.number == 2
    jobs.drain(levels.qinghe)
    with inside(levels):
        first, second = LevelRun.objects.filter(level=Level.PERSON).order_by("number")
        assert first.result_digest == second.result_digest != ""  # the same records give the same scores
        for change in ({"score": Decimal(1)}, {"status": "assessed"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                LevelSubject.objects.filter(run=first).update(**change)


def test_the_alliance_is_scored_from_the_sums_of_all(levels: World) -> None:
    run = computed(levels, Level.ALLIANCE)
    with inside(levels):
        whole = of(run, "alliance")
        assert fact(whole, "up_effective_sent").value == 5 and fact(whole, "discharges").value == 27
        rate = LevelScore.objects.get(subject=whole, indicator="two_way_referral")
        assert (rate.numerator, rate.denominator) == (5, 27) and rate.reason == "below_minimum_n"
        assert Explained(whole, run).agrees
    page = levels.client("luo").get(f"/a/qinghe/months/level-scores/{whole.pk}/")
    assert page.status_code == 200 and "/records/" not in page.content.decode()
    at = f"/a/qinghe/months/level-scores/{whole.pk}/records/2026-10/discharges/"
    assert levels.client("luo").get(at).status_code == 404


def test_queries_do_not_grow_with_the_staff(levels: World) -> None:
    numbers = iter(range(1, 9))

    def asked() -> int:
        with inside(levels), CaptureQueriesContext(connection) as queries:
            scheme = schemes.in_force(OCTOBER, Level.PERSON)
            assert scheme is not None
            run = LevelRun.objects.create(
                month=OCTOBER.first_day, level=Level.PERSON, number=next(numbers), scheme=scheme,
                scheme_digest=scheme.digest, started_by=levels.luo,
            )  # fmt: skip
            services.compute(run)
        return len(queries)

    asked()  # what is read once
    few = asked()
    with inside(levels):
        Staff.objects.bulk_create(
            Staff(institution=levels.lead, code=f"N{one}", name=f"护士{one}", kind="nurse")
            for one in range(30)
        )
    assert asked() == few


def test_a_zero_is_known_only_where_every_name_is(levels: World) -> None:
    with inside(levels):
        whos = services.subjects.of(Level.DEPARTMENT)
        weight = frozenset({"total_weight"})
        keys = frozenset({"discharges"})
        facts.bring_up({OCTOBER: keys})
        (none,) = (
            one
            for one in facts.facts_of({OCTOBER: weight}, Level.DEPARTMENT, whos)
            if one.pk == Department.objects.get(institution=levels.lead, code="09").pk
        )
        assert (none.value, none.count) == (Decimal(0), 0)
        found = {one.pk: one.value for one in facts.facts_of({OCTOBER: keys}, Level.DEPARTMENT, whos)}
        surgery = Department.objects.get(institution=levels.lead, code="09")
        assert found[surgery.pk] == 0
        # A front page that writes a code nobody registered may be anybody's.
        Department.objects.filter(institution=levels.lead, code="03").update(code="04")
        again = {one.pk: one.value for one in facts.facts_of({OCTOBER: keys}, Level.DEPARTMENT, whos)}
        assert surgery.pk not in again


def test_a_trial_of_departments_names_who_moves_and_through_what(levels: World) -> None:
    with inside(levels):
        base = schemes.in_force(OCTOBER, Level.DEPARTMENT)
        assert base is not None
        draft = drafts.copy(by=levels.luo, base=base, label="2", from_date=date(2027, 1, 1), now=NOW)
        column = draft.scheme().columns[0]
        item = next(one for one in column.items if one.indicator == "down_referrals")
        kinder = replace(item, form=AddDeduct(Decimal(50), Decimal(5), Decimal(0), Decimal(100)))
        scheme = editing.put(draft.scheme(), column.code, kinder)
        draft = drafts.change(by=levels.luo, draft=draft, scheme=scheme, now=NOW, version=1)
        (month,) = trying.tried(draft, [OCTOBER])
        assert month.movers and (month.gained or 0) + (month.lost or 0) == len(month.movers)
        for one in month.movers:
            (way,) = one.through
            assert way.indicator == "down_referrals" and abs(way.points - one.points) < Decimal("0.01")
        assert restore(trying.LevelTrial, to_plain(month)) == month
        (shown,) = show.level_months([month], draft.scheme(), draft.level)
        assert shown.movers[0].name.startswith("清河县人民医院 · ")


def test_the_slip_shows_own_indicators_beside_those_scored_alike(levels: World) -> None:
    run = computed(levels, Level.PERSON)
    with inside(levels):
        zhao = Staff.objects.get(user=levels.zhao.user)
        for fewest, shown in ((1, True), (10, False)):  # five persons: from ten on nobody can be told
            found, own = peers.indicators(zhao, OCTOBER, fewest)
            assert found == run and own and any(one.peers.shown for one in own) is shown
        with override_settings(ROOT_URLCONF="config.alliance_urls"):
            rows = indicator_words(found, own, levels.zhao)
        assert {row.median for row in rows if row.assessed} <= {"人数不足", "too few"}
        assert all(row.url.startswith("/") for row in rows)
    page = levels.client("zhao").get("/a/qinghe/pay/mine/?month=2026-10").content.decode()
    assert "我的指标" in page and page.count("/why/") >= len(rows)
    with inside(levels):  # whose post no column scores is told so, not that nobody was scored
        clerk = Staff.objects.create(institution=levels.lead, code="X9", name="文书", kind="administrator")
    office, url = levels.client("luo"), f"/a/qinghe/pay/persons/{clerk.pk}/?month="
    assert "未对该岗位设置指标" in office.get(f"{url}2026-10").content.decode()
    assert "尚未核算到个人" in office.get(f"{url}2026-09").content.decode()
