"""Zero tolerance (S1-62): no warning for fictitious services and swapped drugs; the letter of the day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from alliance.approvals import services as approvals
from alliance.models import Parameter
from performance.duty.models import Signature
from performance.duty.services import signing
from performance.violations import show
from performance.violations.models import Penalty, Violation
from performance.violations.refusals import ViolationRefused
from performance.violations.services import cases, table
from tests.duty.scene import in_force
from tests.performance.scene import inside
from tests.violations.test_violations import LATER, NOW, A, addresses, again, agreed, found, opened
from tests.world import World

__all__ = ["addresses"]
DAY, LETTER = date(2026, 11, 12), "基金使用责任书"


def heard(world: World, kind: str = "swapped", **more: Any) -> Violation:
    """Ready for a finding."""
    row = opened(world, kind, **{"happened_on": DAY, **more})
    cases.add_evidence(by=world.luo, violation=again(row), kind="other", text="处方与发药不符", now=NOW)
    cases.warn(by=world.luo, violation=again(row), text="请说明", now=NOW)
    return cases.state_view(by=world.kong, violation=again(row), text="正在核查", now=NOW)


def decide_parameter(key: str, value: Any) -> None:
    Parameter.objects.create(key=key, value=value, from_date=DAY, decided_by="管委会")


def test_a_case_of_zero_tolerance_says_its_day_and_whose_it_is(qinghe: World) -> None:
    with inside(qinghe):
        for reason, more in (
            ("happened_on", {}), ("later", {"happened_on": DAY + timedelta(days=9)}),
            ("person", {"happened_on": DAY, "person": qinghe.zhao}),
        ):  # fmt: skip
            with pytest.raises(ViolationRefused) as refused:
                opened(qinghe, "fictitious", **more)
            assert refused.value.reason == reason
        row = opened(qinghe, "fictitious", happened_on=DAY, person=qinghe.lin)
        mine = Violation.objects.filter(pk=row.pk)
        for change in ({"happened_on": None}, {"person": qinghe.wu}, {"happened_on": date(2026, 1, 1)}):
            with pytest.raises(DatabaseError), transaction.atomic():
                mine.update(**change)
        row.pk, row.number, row.person = None, "x", qinghe.zhao
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)
        row.person, row.happened_on = qinghe.lin, None
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)


@pytest.mark.parametrize("kind", ["fictitious", "swapped"])
def test_no_lighter_measure_is_available(qinghe: World, kind: str) -> None:
    with inside(qinghe):
        row = heard(qinghe, kind)
        assert "warning" not in table.lets(again(row), DAY).measures
        for follows, reason in (
            ({"warning": None}, "zero"), ({"warning": None, "repay": 100}, "zero"),
            ({"deduct": Decimal(5)}, "percent"), ({}, "penalty"),
        ):  # fmt: skip
            with pytest.raises(ViolationRefused) as refused:
                found(qinghe, row, follows=follows)
            assert refused.value.reason == reason
        done = found(qinghe, row, follows={"deduct": Decimal(10), "repay": 100})
        assert agreed(qinghe, done).state == "decided"


def test_zero_stays_zero_though_the_table_of_penalties_lists_a_warning(qinghe: World) -> None:
    with inside(qinghe):
        decide_parameter("violation.measures.swapped", ["warning", "deduct"])
        row = heard(qinghe)
        with pytest.raises(ViolationRefused, match="tolerated"):
            found(qinghe, row, follows={"warning": None})


def forced(row: Violation, measure: str, percent: int | None, by: int) -> None:
    """A finding written by hand, past every service."""
    Penalty.objects.create(violation=row, attempt=1, measure=measure, percent=percent)
    with connection.cursor() as cursor:
        cursor.execute(
            "update violations_violation set state = 'found', found_at = %s, found_by_id = %s, attempt = 1, "
            "violated = true, finding = 'x', version = version + 1, approval_id = "
            "(select id from approvals_approval order by id limit 1) where id = %s",
            [LATER, by, row.pk],
        )


def test_the_database_refuses_a_lighter_measure(qinghe: World) -> None:
    with inside(qinghe):
        found(qinghe, heard(qinghe), follows={"repay": 100})  # an approval to name
        for kind, measure, percent in (
            ("fictitious", "warning", None), ("swapped", "warning", None), ("swapped", "deduct", 5),
        ):  # fmt: skip
            row = heard(qinghe, kind)
            with pytest.raises(DatabaseError, match="nothing of this kind"), transaction.atomic():
                forced(row, measure, percent, qinghe.meng.pk)
        forced(heard(qinghe, "data"), "warning", None, qinghe.meng.pk)
        forced(heard(qinghe), "deduct", 10, qinghe.meng.pk)


def test_how_many_are_tolerated_is_data(qinghe: World) -> None:
    with inside(qinghe):
        decide_parameter("violation.tolerated", {"fictitious": 0, "swapped": 1})
        decide_parameter("violation.measures.swapped", ["warning", "deduct"])
        assert agreed(qinghe, found(qinghe, heard(qinghe), follows={"warning": None})).state == "decided"
        second = heard(qinghe)
        with pytest.raises(ViolationRefused, match="tolerated"):
            found(qinghe, second, follows={"warning": None})
        with pytest.raises(DatabaseError, match="nothing of this kind"), transaction.atomic():
            forced(again(second), "warning", None, qinghe.meng.pk)


def told(row: Violation, member: Any) -> dict[str, tuple[str, str]]:
    return {str(one.name): (one.value, one.url) for one in show.facts(again(row), member)}


def test_the_letter_in_force_on_the_day_stands_beside_the_case(qinghe: World) -> None:
    with inside(qinghe):
        version = in_force(qinghe)
        letter = signing.keep(by=qinghe.lin, version=version, now=NOW)
        row = heard(qinghe, person=qinghe.lin)
        said, url = told(row, qinghe.luo)[LETTER]
        assert "第 1 版" in said and url.endswith(f"/duty/letters/{letter.pk}/")
        assert told(row, qinghe.kong)[LETTER][1] == url
        before = opened(qinghe, "swapped", happened_on=DAY - timedelta(days=1), person=qinghe.lin)
        assert told(before, qinghe.luo)[LETTER] == ("当日无有效责任书", "")
        nobody = opened(qinghe, "swapped", happened_on=DAY)
        assert LETTER not in told(nobody, qinghe.luo)
        assert Signature.objects.count() == 1
        done = found(qinghe, row, follows={"repay": 100})
        assert done.approval is not None
        facts = show.summary(done.approval).context["facts"]
        assert any(one.name == LETTER for one in facts)
        approvals.decide(by=qinghe.cai, approval=done.approval, verdict="yes")
    for which in ("notice", "decision"):
        page = qinghe.client("luo").get(f"/a/qinghe/violations/{row.pk}/papers/{which}/").content.decode()
        paper = page[page.index("<article") : page.index("</article>")]
        assert "责任书" in paper and str(qinghe.lin.user) in paper


def test_the_page_asks_for_the_day(qinghe: World) -> None:
    office = qinghe.client("luo")
    body = {
        "institution": qinghe.lead.pk, "kind": "fictitious", "source": "hand", "title": "虚记治疗",
        "facts": "x",
    }  # fmt: skip
    assert office.post(f"{A}open/", body).status_code == 400
    assert office.post(f"{A}open/", {**body, "happened_on": "2026-11-02"}).status_code == 302
    with inside(qinghe):
        assert Violation.objects.get().happened_on == date(2026, 11, 2)
