"""A liaison reports a case once of a kind, somebody else answers in time, what follows is linked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Membership
from alliance.services import calendar, parameters
from alliance.tenancy.scope import act_in
from alliance.web.addresses import page_addresses
from grouping.abnormal import facts, liaisons, services
from grouping.abnormal.models import AbnormalReport
from grouping.abnormal.waiting import waiting
from grouping.models import Case
from tests.grouping.scene import two_cases
from tests.stages import staged
from tests.world import World, member

NOW = datetime(2026, 11, 12, 10, tzinfo=SHANGHAI)  # a Thursday
LATE = NOW + timedelta(days=9)


def insured(world: World) -> None:
    """Two cases of the lead hospital, its liaison and insurance office; another house's office."""
    two_cases(world)
    with transaction.atomic(), act_in(world.qinghe):
        calendar.seed(since=2026)
        world.people["lian"] = member("lian", "连络", world.lead, "insurance_liaison")
        world.people["fang"] = member("fang", "方医保", world.lead, "insurance_office")
        world.people["yu"] = member("yu", "于医保", world.tcm, "insurance_office")


stage = staged(insured)


@pytest.fixture
def ward(stage: World) -> Iterator[World]:
    with act_in(stage.qinghe), page_addresses("qinghe"):
        yield stage


def reported(world: World, number: int = 0, **more: Any) -> AbnormalReport:
    """By the liaison."""
    said: dict[str, Any] = {"kind": "cost", "text": "费用为同组均值三倍。", "now": NOW, **more}
    case = Case.objects.order_by("pk")[number]
    return services.report(by=world.lian, case=case, **said)


def by_the_database(deed: Callable[[], Any]) -> None:
    """Whatever the code believes."""
    with pytest.raises(DatabaseError), transaction.atomic():
        deed()


def test_reported_once_of_a_kind_and_answered_by_somebody_else(ward: World) -> None:
    row = reported(ward)
    assert (row.rule, row.institution) == ("WD2", ward.lead)
    with pytest.raises(services.AbnormalRefused) as refused:
        reported(ward)
    assert refused.value.reason == "again"
    other = reported(ward, kind="coding")
    for nobody in (ward.lian, ward.yu, ward.wu):
        with pytest.raises(PermissionDenied):
            services.reply(by=nobody, report=row, finding="confirmed", answer="属实", now=NOW)
    row = services.reply(by=ward.fang, report=row, finding="confirmed", answer="属实，已退费", now=NOW)
    rows = AbnormalReport.objects.filter(pk=row.pk)
    by_the_database(lambda: rows.update(answer="改过"))
    by_the_database(lambda: rows.update(text="改过"))
    by_the_database(lambda: rows.delete())
    mine = AbnormalReport.objects.filter(pk=other.pk)
    whole = {"state": "answered", "finding": "explained", "answer": "x", "answered_at": NOW}
    by_the_database(lambda: mine.update(**whole, answered_by=ward.lian))
    by_the_database(lambda: mine.update(**{**whole, "answered_at": None}, answered_by=ward.fang))


def test_the_department_counts_add_up_and_leave_out_what_was_withdrawn(ward: World) -> None:
    first, second, third = reported(ward), reported(ward, kind="coding"), reported(ward, 1)
    services.reply(by=ward.fang, report=first, finding="explained", answer="危重", now=NOW)
    services.reply(by=ward.fang, report=second, finding="confirmed", answer="改码", now=LATE)
    services.withdraw(by=ward.lian, report=third)
    found = facts.abnormal_facts(Month(2026, 11))
    assert [(one.reports, one.answered, one.in_time) for one in found] == [(2, 2, 1)]
    assert sum(one.reports for one in found) == facts.reports(Month(2026, 11)).count()
    assert first.in_time(NOW) is None and not AbnormalReport.objects.get(pk=second.pk).in_time(NOW)


def test_it_waits_for_the_office_and_late_for_the_alliance(ward: World) -> None:
    reported(ward)
    everywhere(ward)
    assert [one.state for one in waiting(ward.fang, NOW)] == ["info"]
    assert waiting(ward.luo, NOW) == [] and waiting(ward.yu, LATE) == [] and waiting(ward.lian, LATE) == []
    assert [one.state for one in waiting(ward.luo, LATE)] == ["late"]


def seat(department: Department, *names: str) -> None:
    """Liaisons of a department."""
    for name in names:
        row = member(name, name, department.institution, "insurance_liaison")
        row.department = department
        row.save()


def everywhere(world: World) -> None:
    """One liaison in each clinical department."""
    for unit in Department.objects.filter(kind="clinical"):
        seat(unit, f"liaison{unit.pk}")


def test_departments_without_one_or_two_liaisons_are_named_and_wait_for_the_office(ward: World) -> None:
    """S1-54: one or two in each clinical department, a number that is decided and dated."""
    everywhere(ward)
    here = Department.objects.get(institution=ward.tcm, code="03")
    assert waiting(ward.yu, NOW) == []
    seat(here, "zhou", "wang")
    held = liaisons.band(NOW.date())
    first, *others = liaisons.units(ward.luo, held)
    assert (first.institution, len(first.names), first.many) == (ward.tcm.short_name, 3, True)
    assert not any(one.wrong for one in others)
    assert [(one.count, one.url) for one in waiting(ward.yu, NOW)] == [(1, "/a/qinghe/abnormal/liaisons/")]
    assert waiting(ward.fang, NOW) == []  # another house's department
    parameters.decide(
        by=ward.su, key=liaisons.COUNT, value={"min": 1, "max": 3}, from_date=NOW.date(),
        decided_by="医保办", source="医保办〔2026〕2号",
    )  # fmt: skip
    assert waiting(ward.yu, NOW) == []
    Membership.objects.filter(roles__contains=["insurance_liaison"]).update(department=None)
    assert waiting(ward.yu, NOW)[0].count == 1
    page = (
        ward.client("yu", HTTP_ACCEPT_LANGUAGE="zh-hans").get("/a/qinghe/abnormal/liaisons/").content.decode()
    )
    assert "不足" in page and ward.lead.short_name not in page.split("<main", 1)[-1].split("<table", 1)[-1]


def test_what_follows_is_one_of_those_offered(ward: World) -> None:
    row = services.reply(by=ward.fang, report=reported(ward), finding="confirmed", answer="列入改进", now=NOW)
    services.register_followed("test.thing", "事项", lambda by: [(7, "缩短药品周转")], "home")
    try:
        with pytest.raises(services.AbnormalRefused):
            services.link(by=ward.fang, report=row, kind="test.thing", pk=8)
        assert services.link(by=ward.fang, report=row, kind="test.thing", pk=7).followed_id == 7
    finally:
        services._followed.pop("test.thing")


def test_from_the_case_to_the_answer_by_page(ward: World) -> None:
    case = Case.objects.order_by("pk")[0]
    lian = ward.client("lian", HTTP_ACCEPT_LANGUAGE="zh-hans")
    fang = ward.client("fang", HTTP_ACCEPT_LANGUAGE="zh-hans")
    at = f"/a/qinghe/abnormal/of/{case.pk}/"
    assert at in lian.get(f"/a/qinghe/cases/{case.pk}/").content.decode()
    assert lian.get(at).status_code == 200 and lian.post(at, {"kind": "cost", "text": ""}).status_code == 400
    answer = lian.post(at, {"kind": "cost", "text": "费用偏高"})
    assert answer.status_code == 302
    page = f"/a/qinghe/abnormal/{AbnormalReport.objects.get().pk}/"
    assert answer["Location"].endswith(page)
    assert ward.client("yu").get(page).status_code == 404
    assert case.record_no in fang.get("/a/qinghe/abnormal/").content.decode()
    sent = fang.post(f"{page}act/reply/?version=1", {"finding": "confirmed", "answer": "属实"})
    assert sent.status_code == 302 and "属实" in lian.get(page).content.decode()
