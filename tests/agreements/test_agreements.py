"""Agreements: two people, clauses as signed, checks that fill themselves or are signed by their checker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.urls import set_urlconf

from alliance.lib.period import Month
from alliance.services.files import Upload
from performance.agreements import show, show_clause
from performance.agreements.models import Agreement, Clause, ClauseCheck
from performance.agreements.refusals import AgreementRefused
from performance.agreements.services import agreements, checks
from performance.agreements.waiting import waiting
from performance.consequences import measures
from performance.meetings.models import Task
from performance.models import IndicatorValue
from tests.performance.scene import OCTOBER, compute, deliver, inside
from tests.world import World

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
TODAY = date(2026, 11, 12)
A = "/a/qinghe/agreements/"


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    """Pages of an alliance, as inside a request."""
    set_urlconf("config.alliance_urls")
    yield
    set_urlconf(None)


PDF = b"%PDF-1.4 signed"
TERM = {"begins": date(2026, 7, 1), "ends": date(2027, 6, 30)}


def scan(name: str = "协议.pdf") -> Upload:
    return Upload(name, [PDF], "application/pdf", 99_999)


def entered(world: World, **more: Any) -> Agreement:
    given = {
        "kind": "service", "party": "insurer", "party_name": "清河县医保局", "number": "QH-2026-1",
        "title": "医保服务协议", "signed_on": date(2026, 6, 20), "institution": world.lead,
        "files": [scan()], **TERM, **more,
    }  # fmt: skip
    return agreements.enter(by=world.luo, now=NOW, **given)


def measured(world: World, month: Month = OCTOBER) -> IndicatorValue:
    """A computed value of the lead hospital that can be promised."""
    rows = IndicatorValue.objects.filter(
        institution=world.lead, value__isnull=False, settlement__month=month.first_day,
        indicator__in=measures.indicators(),
    )  # fmt: skip
    found: IndicatorValue = rows.order_by("indicator").first()
    return found


def bounded(
    world: World, row: Agreement, *, broken: bool = False, per: str = "month", title: str = "指标"
) -> Clause:
    value = measured(world)
    assert value.value is not None
    better = measures.side_of(value.indicator, "indicator") == "at_least"
    step = Decimal(1_000_000)
    bound = value.value + (step if better == broken else -step)
    return agreements.add_clause(
        by=world.luo, agreement=row, topic="quality", title=title, text="按月核算", way="measured",
        per=per, indicator=value.indicator, bound=bound,
    )  # fmt: skip


def by_hand(world: World, row: Agreement) -> Clause:
    return agreements.add_clause(
        by=world.luo, agreement=row, topic="settlement", title="按时申报结算", text="每季度10日前",
        way="hand", per="quarter", checker=world.ding,
    )  # fmt: skip


def again(row: Agreement) -> Agreement:
    found: Agreement = Agreement.objects.named().get(pk=row.pk)
    return found


def confirmed(world: World, row: Agreement) -> Agreement:
    agreements.submit(by=world.luo, agreement=again(row))
    return agreements.confirm(by=world.meng, agreement=again(row), now=NOW)


def test_two_people_a_scan_and_a_clause(qinghe: World) -> None:
    with inside(qinghe):
        row = entered(qinghe, files=[])
        with pytest.raises(AgreementRefused, match="scan"):
            agreements.submit(by=qinghe.luo, agreement=again(row))
        given = {**TERM, "kind": "service", "party": "insurer", "party_name": "医保局", "number": "QH-2026-1",
                 "title": "医保服务协议", "signed_on": date(2026, 6, 20)}  # fmt: skip
        agreements.change(
            by=qinghe.luo, agreement=again(row), version=1, institution=qinghe.lead, files=[scan()], **given
        )
        with pytest.raises(AgreementRefused, match="promises something"):
            agreements.submit(by=qinghe.luo, agreement=again(row))
        by_hand(qinghe, again(row))
        agreements.submit(by=qinghe.luo, agreement=again(row))
        assert any(one.room == "" and one.count == 1 for one in waiting(qinghe.meng, NOW))
        assert not waiting(qinghe.luo, NOW)
        with pytest.raises(AgreementRefused, match="yourself"):
            agreements.confirm(by=qinghe.luo, agreement=again(row), now=NOW)
        with pytest.raises(PermissionDenied):
            agreements.confirm(by=qinghe.kong, agreement=again(row), now=NOW)
        agreements.send_back(by=qinghe.meng, agreement=again(row), why="页码不符")
        done = confirmed(qinghe, row)
        assert done.state == "in_force" and done.checked_by == qinghe.meng
        with pytest.raises(AgreementRefused, match="number"):
            entered(qinghe)
        other = entered(qinghe, number="QH-2026-2")
        by_hand(qinghe, other)
        agreements.submit(by=qinghe.luo, agreement=again(other))
        with pytest.raises(AgreementRefused, match="same days"):
            agreements.confirm(by=qinghe.meng, agreement=again(other), now=NOW)


def test_the_next_one_takes_over_the_clauses_and_the_place(qinghe: World) -> None:
    with inside(qinghe):
        row = entered(qinghe)
        by_hand(qinghe, row)
        first = confirmed(qinghe, row)
        with pytest.raises(AgreementRefused, match="begins before"):
            entered(qinghe, number="N", follows=first, begins=date(2026, 1, 1))
        with pytest.raises(AgreementRefused, match="another institution"):
            entered(qinghe, number="N", follows=first, institution=qinghe.tcm, begins=date(2026, 12, 1))
        after = entered(
            qinghe, number="QH-2027-1", follows=first, begins=date(2026, 12, 1), ends=date(2027, 11, 30)
        )
        assert [one.title for one in after.clauses.all()] == ["按时申报结算"]
        confirmed(qinghe, after)
        before = again(first)
        assert (before.state, before.ended_on, before.end_why) == ("ended", date(2026, 11, 30), "QH-2027-1")


def test_the_end_takes_two_people_a_day_and_a_reason(qinghe: World) -> None:
    with inside(qinghe):
        row = entered(qinghe)
        by_hand(qinghe, row)
        confirmed(qinghe, row)
        with pytest.raises(AgreementRefused, match="day of its term"):
            agreements.ask_end(by=qinghe.luo, agreement=again(row), last=date(2028, 1, 1), why="双方协商")
        agreements.ask_end(by=qinghe.luo, agreement=again(row), last=TODAY, why="双方协商")
        with pytest.raises(AgreementRefused, match="yourself"):
            agreements.end(by=qinghe.luo, agreement=again(row), now=NOW)
        agreements.keep(by=qinghe.meng, agreement=again(row), why="继续履行")
        assert again(row).ended_on is None
        agreements.ask_end(by=qinghe.luo, agreement=again(row), last=TODAY, why="双方协商")
        ended = agreements.end(by=qinghe.meng, agreement=again(row), now=NOW)
        assert ended.state == "ended" and ended.last_day == TODAY


def test_measured_clauses_fill_themselves_and_lead_to_their_figures(qinghe: World) -> None:
    with inside(qinghe):
        row = entered(qinghe)
        kept, broken = bounded(qinghe, row), bounded(qinghe, row, broken=True, title="守不住")
        quarter = bounded(qinghe, row, per="quarter", title="季度")
        confirmed(qinghe, row)
        value = measured(qinghe)
        assert checks.fill(by=None, now=NOW) >= 2
        assert checks.fill(by=None, now=NOW) == 0  # the same figures again write nothing
        one, other = (clause.checks.get(first=OCTOBER.first_day) for clause in (kept, broken))
        assert (one.standing, other.standing) == ("kept", "broken")
        assert one.value == value.value and one.figures == [value.pk]
        assert not quarter.checks.exists()  # July and August are not computed
        page = show_clause.clause_page(checks.signed()[1], qinghe.luo, NOW, {})
        assert page["lines"][0]["actions"]
        task = checks.task(by=qinghe.luo, check=other, title="整改", now=NOW, owner=qinghe.lin)
        assert Task.objects.get(pk=task.pk).institution == qinghe.lead
        with pytest.raises(AgreementRefused, match="broken"):
            checks.task(by=qinghe.luo, check=one, title="整改", now=NOW)


def test_a_recomputed_month_is_the_next_attempt(qinghe: World) -> None:
    with inside(qinghe):
        row = entered(qinghe)
        clause = bounded(qinghe, row)
        confirmed(qinghe, row)
        checks.fill(by=None, now=NOW)
    deliver(qinghe, OCTOBER, "shiqiao", "han", 5)
    compute(qinghe, month=OCTOBER)
    with inside(qinghe):
        checks.fill(by=None, now=NOW)
        found = clause.checks.filter(first=OCTOBER.first_day).values_list("attempt", flat=True)
        assert list(found) == [2, 1]
        assert checks.newest([clause])[clause.pk, OCTOBER.first_day].attempt == 2


def test_a_clause_by_hand_is_its_checkers(qinghe: World) -> None:
    with inside(qinghe):
        row = entered(qinghe)
        with pytest.raises(AgreementRefused, match="own institution"):
            agreements.add_clause(
                by=qinghe.luo, agreement=row, topic="other", title="x", text="x", way="hand", per="month",
                checker=qinghe.lin,
            )  # fmt: skip
        clause = by_hand(qinghe, row)
        confirmed(qinghe, row)
        clause = checks.signed()[0]
        said = {"clause": clause, "standing": "broken", "note": "迟报两次", "now": NOW}
        with pytest.raises(PermissionDenied):
            checks.check(by=qinghe.luo, first=date(2026, 7, 1), **said)
        with pytest.raises(AgreementRefused, match="period"):
            checks.check(by=qinghe.ding, first=date(2026, 10, 1), **said)  # has not ended
        assert [one.count for one in waiting(qinghe.ding, NOW)] == [1]
        made = checks.check(by=qinghe.ding, first=date(2026, 7, 1), files=[scan("证据.pdf")], **said)
        assert made.file is not None and not waiting(qinghe.ding, NOW)
        agreements.name_checker(by=qinghe.luo, clause=clause, checker=qinghe.cai)
        with pytest.raises(PermissionDenied):
            checks.check(by=qinghe.ding, first=date(2026, 7, 1), **said)


REFUSED = (
    "update agreements_agreement set title = 'x'",
    "update agreements_agreement set ends = ends + 1",
    "update agreements_agreement set state = 'draft'",
    "update agreements_agreement set state = 'ended', ended_on = ends, ended_at = now()",
    "delete from agreements_agreement",
    "update agreements_clause set bound = bound + 1 where way = 'measured'",
    "delete from agreements_clause",
    "insert into agreements_clause (alliance_id, agreement_id, place, topic, title, text, way, per, "
    "indicator, side, checker_id) select alliance_id, agreement_id, 9, topic, 'x', text, way, per, "
    "indicator, side, checker_id from agreements_clause where way = 'hand'",
    # Checked by the own institution; kept though its bound is missed; a value nobody computed.
    "update agreements_clause set checker_id = (select id from alliance_membership where institution_id = "
    "(select institution_id from agreements_agreement) limit 1) where way = 'hand'",
    "update agreements_clausecheck set standing = 'kept'",
    "delete from agreements_clausecheck",
    "insert into agreements_clausecheck (alliance_id, clause_id, first, attempt, standing, value, figures, "
    "note, checked_at) select alliance_id, clause_id, first, 7, 'broken', value, figures, '', now() "
    "from agreements_clausecheck where standing = 'kept'",
    "insert into agreements_clausecheck (alliance_id, clause_id, first, attempt, standing, value, figures, "
    "note, checked_at) select alliance_id, clause_id, first, 7, standing, value + 1, figures, '', now() "
    "from agreements_clausecheck where standing = 'kept'",
    "insert into agreements_clausecheck (alliance_id, clause_id, first, attempt, standing, value, figures, "
    "note, checked_at) select alliance_id, clause_id, '2026-08-01', 7, standing, value, figures, '', now() "
    "from agreements_clausecheck where standing = 'kept'",
    # By hand, but by another person than its checker.
    "insert into agreements_clausecheck (alliance_id, clause_id, first, attempt, standing, figures, note, "
    "checked_by_id, checked_at) select alliance_id, id, '2026-07-01', 7, 'kept', '{}', 'x', (select "
    "entered_by_id from agreements_agreement), now() from agreements_clause where way = 'hand'",
)


def test_the_database_refuses_what_must_never_happen(qinghe: World) -> None:
    with inside(qinghe):
        row = entered(qinghe)
        bounded(qinghe, row)
        by_hand(qinghe, row)
        confirmed(qinghe, row)
        checks.fill(by=None, now=NOW)
        ClauseCheck.objects.exclude(first=OCTOBER.first_day).exists()
    for statement in REFUSED:
        with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount, statement
            pytest.fail(statement)


def test_the_database_refuses_one_person_and_two_at_once(qinghe: World) -> None:
    with inside(qinghe):
        row = entered(qinghe)
        by_hand(qinghe, row)
        agreements.submit(by=qinghe.luo, agreement=again(row))
    one = (
        "update agreements_agreement set state = 'in_force', checked_at = now(), "
        "checked_by_id = entered_by_id"
    )
    with pytest.raises(DatabaseError, match="another person"), inside(qinghe), connection.cursor() as cursor:
        cursor.execute(one)
    with inside(qinghe):
        agreements.confirm(by=qinghe.meng, agreement=again(row), now=NOW)
        other = entered(qinghe, number="QH-2026-2")
        by_hand(qinghe, other)
        agreements.submit(by=qinghe.luo, agreement=again(other))
    with pytest.raises(DatabaseError, match="same day"), inside(qinghe):
        Agreement.objects.filter(pk=other.pk).update(state="in_force", checked_by=qinghe.meng, checked_at=NOW)


def test_pages_from_the_entry_to_the_picture(qinghe: World, django_assert_max_num_queries: Any) -> None:
    from io import BytesIO

    client, second = qinghe.client("luo"), qinghe.client("meng")
    file = BytesIO(PDF)
    file.name = "协议.pdf"
    body = {
        "institution": qinghe.lead.pk, "kind": "service", "party": "insurer", "party_name": "清河县医保局",
        "number": "QH-1", "title": "服务协议", "begins": "2026-07-01", "ends": "2026-06-30",
        "signed_on": "2026-06-20",
    }  # fmt: skip
    answer = client.post(f"{A}enter/", body)
    assert answer.status_code == 400 and "服务协议" in answer.content.decode()
    assert client.post(f"{A}enter/", {**body, "ends": "2027-06-30", "files": file}).status_code == 302
    with inside(qinghe):
        row = Agreement.objects.get()
        value = measured(qinghe)
    url = f"{A}{row.pk}/"
    clause = {
        "topic": "budget", "title": "费用", "text": "不超过", "way": "measured", "per": "month",
        "indicator": value.indicator,
    }  # fmt: skip
    assert client.post(f"{url}act/clause/", clause).status_code == 400
    assert client.post(f"{url}act/clause/", {**clause, "bound": "1000000"}).status_code == 302
    assert client.post(f"{url}act/submit/?version=1").status_code == 302
    assert client.post(f"{url}act/submit/?version=1").status_code == 409
    assert qinghe.client("kong").get(url).status_code == 404  # not signed yet
    assert second.post(f"{url}act/confirm/").status_code == 302
    assert client.post(f"{A}fill/").status_code == 302
    page = qinghe.client("kong").get(url)
    assert page.status_code == 200 and "费用" in page.content.decode()
    assert (
        qinghe.client("kong").post(f"{url}act/ask-end/", {"last": "2026-12-01", "why": "x"}).status_code
        == 403
    )
    assert b"".join(client.get(f"{url}scan/").streaming_content) == PDF
    with inside(qinghe):
        found = Clause.objects.get()
    shown = client.get(f"{url}clauses/{found.pk}/").content.decode()
    assert f"/months/2026-10/why/{qinghe.lead.code}/" in shown or "2026-10" in shown
    assert "费用" in client.get(f"{A}fulfilment/").content.decode()
    assert qinghe.client("han").get(f"{A}fulfilment/").status_code == 403
    set_urlconf("config.alliance_urls")  # a request has ended since
    with inside(qinghe), django_assert_max_num_queries(8):
        show.picture(qinghe.luo, TODAY)
