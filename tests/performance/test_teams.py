"""Service teams: registered, scored like departments from what their members did, opened to the person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.models import Staff, Team, TeamMember
from performance.declared import services as declared
from performance.engine.spans import Span
from performance.engine.templates import shipped_templates
from performance.levels import facts, services
from performance.levels.explained import Explained
from performance.levels.subjects import crew, of
from performance.models import Level, LevelFact, LevelSubject
from performance.services import schemes
from tests.alliance.test_sheets_of_master_data import confirm, send
from tests.performance.scene import NOW, OCTOBER, inside
from tests.performance.test_levels import computed
from tests.world import World

ADDRESS = "/a/qinghe/months/level-scores/{}/".format


@pytest.fixture
def teams(qinghe: World) -> Iterator[World]:
    """Shiqiao's team of two own members and one expert of the lead hospital, with schemes for both levels."""
    with inside(qinghe):
        for code in ("family_doctor_three", "person_posts"):
            found = shipped_templates()[code]
            scheme = replace(found.scheme, effective_from=date(2026, 1, 1))
            schemes.adopt(by=qinghe.luo, scheme=scheme, level=found.level, evaluators=found.evaluators)
        team = Team.objects.create(institution=qinghe.shiqiao, code="T1", name="石桥一队")
        for place, code, name, user, role in (
            (qinghe.shiqiao, "D1", "赵云", qinghe.zhao.user, "gp"),
            (qinghe.shiqiao, "D2", "孙禾", None, "nurse"),
            (qinghe.lead, "E1", "林静", qinghe.lin.user, "expert"),
        ):
            staff = Staff.objects.create(institution=place, code=code, name=name, kind="doctor", user=user)
            TeamMember.objects.create(
                team=team, staff=staff, role=role, leads=role == "gp", from_date=date(2026, 3, 1)
            )
    yield qinghe


def test_a_team_is_scored_from_its_members_and_from_what_is_declared_of_it(teams: World) -> None:
    with inside(teams):
        place = declared.Place(teams.shiqiao, team="T1")
        numbers = {"contracted_visits": 82, "contracted_first_visits": 41}
        entries = [
            declared.Entry(place, fact, Span(OCTOBER), Decimal(value), "赵云")
            for fact, value in numbers.items()
        ]
        rows = declared.enter(by=teams.luo, entries=entries, now=NOW)
        rows = declared.submit_all(by=teams.luo, rows=rows, now=NOW)
        declared.confirm_all(by=teams.meng, rows=rows, now=NOW)
    run = computed(teams, Level.TEAM)
    assert run.state == "computed", services.sentence(run)
    with inside(teams):
        row = LevelSubject.objects.select_related("team", "institution").get(run=run)
        assert (row.code, row.kind, row.team.name) == ("QH11/T1", "team", "石桥一队")
        kept = {one.key: one for one in LevelFact.objects.filter(subject=row)}
        assert kept["contracted_visits"].value == 82
        assert Explained(row, run).agrees and row.status == "reweighted"
        # Zhao logged six referrals, Sun none; the expert's records are his hospital's.
        wanted = {OCTOBER: frozenset({"up_logged_sent", "discharges", "drg_count"})}
        found = {one.key: one for one in facts.facts_of(wanted, Level.TEAM, of(Level.TEAM))}
        assert found["up_logged_sent"].value == 6 == len(found["up_logged_sent"].ids or ())
        assert "drg_count" not in found  # a number of groups is no sum of its members'
    page = teams.client("luo").get(ADDRESS(row.pk)).content.decode()
    assert "石桥一队" in page and "孙禾" in page and "健康管理师" in page  # the role it lacks
    with inside(teams):
        assert services.current(OCTOBER, Level.PERSON) is None
    persons = computed(teams, Level.PERSON)
    with inside(teams):
        zhao = LevelSubject.objects.get(run=persons, code="QH11/D1")
        expert = LevelSubject.objects.get(run=persons, code="QH01/E1")
    seen = {name: teams.client(name).get(ADDRESS(row.pk)) for name in ("zhao", "han", "luo", "lin", "tan")}
    assert {name for name, answer in seen.items() if answer.status_code == 200} == {"zhao", "luo"}
    assert ADDRESS(zhao.pk) in seen["zhao"].content.decode()
    # The township knows who its expert is; his score is his hospital's and the office's to see.
    assert "林静" in seen["zhao"].content.decode()
    assert ADDRESS(expert.pk) not in seen["zhao"].content.decode()
    assert ADDRESS(expert.pk) in seen["luo"].content.decode()


def test_nobody_counts_twice_and_queries_do_not_grow(teams: World) -> None:
    with inside(teams):
        second = Team.objects.create(institution=teams.shiqiao, code="T2", name="石桥二队")
        sun = Staff.objects.get(code="D2")
        TeamMember.objects.filter(staff=sun).update(to_date=date(2026, 10, 9))
        TeamMember.objects.create(team=second, staff=sun, role="nurse", from_date=date(2026, 10, 10))
        first = Team.objects.get(code="T1")
        zhao = Staff.objects.get(code="D1")
        assert crew(OCTOBER) == {zhao.pk: first.pk, sun.pk: second.pk}
        assert crew(Month(2026, 9)) == {zhao.pk: first.pk, sun.pk: first.pk}
        assert crew(Month(2026, 2)) == {}

        def asked() -> int:
            wanted = {OCTOBER: frozenset({"up_logged_sent", "contracted_visits", "discharges"})}
            with CaptureQueriesContext(connection) as queries:
                list(facts.facts_of(wanted, Level.TEAM, of(Level.TEAM)))
            return len(queries)

        few = asked()
        for number in range(10, 30):
            team = Team.objects.create(institution=teams.shiqiao, code=f"T{number}", name=f"队{number}")
            staff = Staff.objects.create(
                institution=teams.shiqiao, code=f"N{number}", name=f"护{number}", kind="nurse"
            )
            TeamMember.objects.create(team=team, staff=staff, role="nurse", from_date=date(2026, 1, 1))
        assert asked() == few


def test_the_database_keeps_the_register(teams: World) -> None:
    with inside(teams):
        team, zhao = Team.objects.get(), Staff.objects.get(code="D1")
        common = {"team": team, "staff": zhao, "role": "gp"}
        for wrong in (
            {"from_date": date(2026, 9, 1)},  # in the team already
            {"from_date": date(2026, 1, 9), "to_date": date(2026, 1, 2)},
            {"from_date": date(2026, 1, 1), "to_date": date(2026, 3, 1)},  # the last day is the other's first
            {"staff": Staff.objects.get(code="E1"), "from_date": date(2020, 1, 1), "leads": True},
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                TeamMember.objects.create(**{**common, **wrong})
        TeamMember.objects.create(**common, from_date=date(2026, 1, 1), to_date=date(2026, 2, 28))
    with inside(teams):
        row = TeamMember.objects.order_by("pk").last()
        assert (row.institution, row.home) == (teams.shiqiao, teams.shiqiao)


def test_teams_come_as_sheets_and_an_institution_enters_its_own(teams: World) -> None:
    lin, su = teams.client("lin"), teams.client("su")
    head = "institution,code,name,kind,is_active\n"
    mixed = send(lin, head + "QH01,F1,甲队,family_doctor,是\nQH11,F1,乙队,,是\n", model="team")
    assert [fault.line for fault in mixed.context["outcome"].faults] == [3]
    assert confirm(lin, send(lin, head + "QH01,F1,甲队,家庭医生团队,是\n", model="team")).status_code == 302
    lines = "institution,team,home,staff,role,leads,from_date,to_date\n"
    expert = "QH11,T1,QH01,E1,expert,no,2027-03-01,\n"
    taken = send(su, lines + "QH01,F1,QH01,E1,gp,yes,2026-10-01,\n" + expert, model="teammember")
    # The expert is in that team since March 2026: the line is named, nothing is stored.
    assert [fault.line for fault in taken.context["outcome"].faults] == [3]
    good = send(su, lines + "QH01,F1,QH01,E1,全科医生,yes,2026-10-01,\n", model="teammember")
    assert confirm(su, good).status_code == 302
    stranger = send(lin, lines + "QH11,T1,QH01,E1,gp,no,2026-10-01,\n", model="teammember")
    assert stranger.context["outcome"].faults
    with inside(teams):
        row = TeamMember.objects.get(team__code="T1", role="expert")
        own = TeamMember.objects.get(team__code="F1")
    at = "/a/qinghe/data/alliance/teammember/{}/change/".format
    assert lin.get(at(row.pk)).status_code == 404  # the township's
    page = lin.get(at(own.pk))
    assert page.status_code == 200 and "孙禾" not in page.content.decode()
