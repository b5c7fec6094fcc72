"""Nobody involved reviews, only a vote decides, and only a decision exempts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from alliance.approvals import services as approvals
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Staff
from alliance.models.base import Stale
from alliance.services.files import Upload
from performance.models import Consequence
from performance.tolerance import exempting, services
from performance.tolerance.models import Exemption, Reviewer, ToleranceCase
from performance.tolerance.waiting import waiting
from tests.world import World, member

NOW = datetime(2026, 11, 12, 10, tzinfo=SHANGHAI)
PDF = Upload("路径表单.pdf", [b"%PDF-1.4"], "application/pdf", 99)


def opened(world: World) -> ToleranceCase:
    """Lin's case, of the ward."""
    ward = Department.objects.get(institution=world.lead, code="03")
    return services.open_case(
        by=world.lin, institution=world.lead, person=world.lin, kind="dispute", department=ward,
        happened_on=NOW.date(), what="术后感染，家属质疑用药。", pathway="腹股沟疝临床路径", now=NOW,
    )  # fmt: skip


def reviewed(world: World) -> ToleranceCase:
    """With evidence, statement and three reviewers."""
    case = opened(world)
    services.prove(by=world.lin, case=case, uploads=[PDF], note="路径执行单", now=NOW)
    case = services.state(by=world.lin, case=case, text="按路径用药。", now=NOW)
    for name in ("pei", "jia", "xue"):
        services.name(by=world.kong, case=case, member=world.people[name])
    return services.review(by=world.kong, case=case, now=NOW)


def decided(world: World, outcome: str = "main") -> ToleranceCase:
    """By the vote of a second person."""
    case = reviewed(world)
    for name in ("pei", "jia", "xue"):
        services.opine(by=world.people[name], case=case, opinion=outcome, text="路径完整。", now=NOW)
    case = services.propose(
        by=world.luo, case=case, outcome=outcome, grounds="证据与意见一致。", chain="two_people", now=NOW
    )
    assert case.state == "proposed" and case.approval is not None
    approvals.decide(by=world.meng, approval=case.approval, verdict="yes")
    return ToleranceCase.objects.get(pk=case.pk)


def refused(reason: str, deed: Callable[[], Any]) -> None:
    """The service says why."""
    with pytest.raises(services.ToleranceRefused) as error:
        deed()
    assert error.value.reason == reason


def by_the_database(deed: Callable[[], Any]) -> None:
    """Whatever the code believes."""
    with pytest.raises(DatabaseError), transaction.atomic():
        deed()


def test_each_step_asks_for_what_it_stands_on(qinghe: World) -> None:
    case = opened(qinghe)
    refused("evidence", lambda: services.review(by=qinghe.kong, case=case, now=NOW))
    services.prove(by=qinghe.lin, case=case, uploads=[PDF], note="路径执行单", now=NOW)
    refused("statement", lambda: services.review(by=qinghe.kong, case=case, now=NOW))
    with pytest.raises(PermissionDenied):
        services.state(by=qinghe.kong, case=case, text="代写", now=NOW)
    assert [one.state for one in waiting(qinghe.lin, NOW)] == ["warn"]
    stated = services.state(by=qinghe.lin, case=case, text="按路径用药。", now=NOW)
    refused("reviewers", lambda: services.review(by=qinghe.kong, case=stated, now=NOW))
    with pytest.raises(Stale):
        services.state(by=qinghe.lin, case=case, text="改口", now=NOW)


def test_who_is_involved_reviews_nothing(qinghe: World) -> None:
    case = opened(qinghe)
    for one in (qinghe.lin, qinghe.near):
        refused("involved", lambda one=one: services.name(by=qinghe.kong, case=case, member=one))
        by_the_database(lambda one=one: Reviewer.objects.create(case=case, member=one, named_by=qinghe.kong))
    with pytest.raises(PermissionDenied):
        services.name(by=qinghe.yu, case=case, member=qinghe.pei)


def test_a_vote_decides_and_nothing_else(qinghe: World) -> None:
    case = reviewed(qinghe)
    refused("opinions", lambda: services.propose(
        by=qinghe.luo, case=case, outcome="main", grounds="先定", chain="two_people", now=NOW))  # fmt: skip
    with pytest.raises(PermissionDenied):
        services.opine(by=qinghe.lin, case=case, opinion="main", text="我没错", now=NOW)
    rows = ToleranceCase.objects.filter(pk=case.pk)
    by_the_database(lambda: rows.update(what="改过"))
    by_the_database(lambda: rows.update(state="decided", outcome="main", decided_at=NOW))
    case = decided_after(qinghe, case)
    assert (case.state, case.outcome) == ("decided", "main")
    by_the_database(lambda: rows.update(outcome="not_covered"))
    by_the_database(lambda: rows.delete())


def decided_after(world: World, case: ToleranceCase) -> ToleranceCase:
    """The rest of the way."""
    for name in ("pei", "jia", "xue"):
        services.opine(by=world.people[name], case=case, opinion="main", text="路径完整。", now=NOW)
    refused("given", lambda: services.opine(
        by=world.pei, case=case, opinion="partly", text="再想", now=NOW))  # fmt: skip
    case = services.propose(
        by=world.luo, case=case, outcome="main", grounds="一致。", chain="two_people", now=NOW
    )
    assert case.approval is not None
    approvals.decide(by=world.meng, approval=case.approval, verdict="yes")
    return ToleranceCase.objects.get(pk=case.pk)


def test_a_no_sends_it_back_to_the_body(qinghe: World) -> None:
    case = reviewed(qinghe)
    for name in ("pei", "jia", "xue"):
        services.opine(by=qinghe.people[name], case=case, opinion="partly", text="路径完整。", now=NOW)
    case = services.propose(
        by=qinghe.luo, case=case, outcome="main", grounds="从宽。", chain="two_people", now=NOW
    )
    assert case.approval is not None
    approvals.decide(by=qinghe.meng, approval=case.approval, verdict="no", note="证据不足")
    assert ToleranceCase.objects.get(pk=case.pk).state == "review"


def consequence(world: World, mark: str) -> Consequence:
    """One of the lead hospital's."""
    made: Consequence = Consequence.objects.create(
        kind="honour", institution=world.lead, period=mark, digest=mark, opened_at=NOW,
        figures={"year": 1, "known": 12, "mean": "86", "years": 2, "bands": {}},
    )  # fmt: skip
    return made


def test_only_a_decision_that_covers_it_exempts_and_the_line_stays(qinghe: World) -> None:
    case, line = decided(qinghe), consequence(qinghe, "2026-Q3")
    made = exempting.exempt(by=qinghe.kong, case=case, line=line, now=NOW)
    refused("exempted", lambda: exempting.exempt(by=qinghe.kong, case=case, line=line, now=NOW))
    assert exempting.exempting(line.pk) == case and Consequence.objects.filter(pk=line.pk).exists()
    by_the_database(lambda: Exemption.objects.filter(pk=made.pk).delete())


def test_what_is_not_covered_exempts_nothing(qinghe: World) -> None:
    case, line = decided(qinghe, "not_covered"), consequence(qinghe, "2026-Q3")
    refused("not_covered", lambda: exempting.exempt(by=qinghe.kong, case=case, line=line, now=NOW))
    by_the_database(
        lambda: Exemption.objects.create(case=case, consequence=line, marked_by=qinghe.kong, marked_at=NOW)
    )


def test_pages_open_for_who_takes_part(qinghe: World) -> None:
    case = reviewed(qinghe)
    at = f"/a/qinghe/tolerance/{case.pk}/"
    for name in ("lin", "kong", "pei", "luo"):
        answer = qinghe.client(name, HTTP_ACCEPT_LANGUAGE="zh-hans").get(at)
        assert answer.status_code == 200 and case.number in answer.content.decode()
    assert qinghe.client("zhao").get(at).status_code == 404
    pei = qinghe.client("pei")
    assert pei.post(f"{at}act/opine/", {"opinion": "main", "text": "路径完整。"}).status_code == 302
    assert pei.post(f"{at}act/opine/", {"opinion": "", "text": ""}).status_code == 400
    page = qinghe.client("kong").get("/a/qinghe/tolerance/open/")
    assert page.status_code == 200


def test_two_of_one_name_and_departments_of_one_name_are_told_apart(qinghe: World) -> None:
    ward = Department.objects.get(institution=qinghe.lead, code="03")
    twins = [member(f"twin{n}", "李伟", qinghe.lead, "doctor") for n in (1, 2)]
    twins[0].department = ward
    twins[0].save()
    Staff.objects.create(
        institution=qinghe.lead, department=ward, code="G771", name="李伟", kind="doctor", user=twins[0].user
    )
    place = qinghe.lead
    known, other = f"李伟 · {place.name} · {ward.name} · G771", f"李伟 · {place.name} · twin2"
    for at in ("tolerance/open/", "violations/open/"):
        page = qinghe.client("luo").get(f"/a/qinghe/{at}").content.decode()
        assert known in page and other in page, at
    for at in ("tolerance/open/", "improvements/open/"):
        page = qinghe.client("luo").get(f"/a/qinghe/{at}").content.decode()
        assert f"{place.short_name} · {ward.name}" in page, at


def test_the_deciders_page_leads_to_the_case_and_somebody_uninvolved_opens_it(qinghe: World) -> None:
    case = reviewed(qinghe)
    for name in ("pei", "jia", "xue"):
        services.opine(by=qinghe.people[name], case=case, opinion="main", text="路径完整。", now=NOW)
    case = services.propose(
        by=qinghe.luo, case=case, outcome="main", grounds="证据与意见一致。", chain="two_people", now=NOW
    )
    decider, url = qinghe.client("meng"), f"/a/qinghe/tolerance/{case.pk}/"
    page = decider.get(f"/a/qinghe/approvals/{case.approval_id}/").content.decode()
    assert case.what in page
    assert f'/tolerance/{case.pk}/">' in page  # the button "Open" beside what is to be decided
    opened_by_link = decider.get(url)
    assert opened_by_link.status_code == 200 and case.number in opened_by_link.content.decode()
