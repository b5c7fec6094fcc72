"""Policy training in tiers (S1-61): who has to come, who came, what the month counts, who is told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.models import Institution, Staff
from alliance.services import parameters
from alliance.training import policy, services, show_policy
from alliance.training.models import Session
from alliance.training.waiting import waiting
from alliance.web.addresses import page_addresses
from performance import collect
from performance.collect.people import POLICY
from tests.training.scene import BEGIN, NOW, attended, doctor, planned
from tests.world import World, member

A = "/a/qinghe/training"


@pytest.fixture
def house(qinghe: World) -> World:
    """Shiqiao: its head, its insurance desk, two doctors, a cashier who owes nothing."""
    qinghe.people["yuan"] = member("yuan", "袁院长", qinghe.shiqiao, "institution_head")
    qinghe.people["bao"] = member("bao", "鲍医保", qinghe.shiqiao, "insurance_office")
    for code, name, kind, who in (
        ("M1", "袁院长", "doctor", "yuan"), ("I1", "鲍医保", "administrator", "bao"),
        ("C1", "沈梅", "doctor", None), ("C2", "陆平", "nurse", None),
        ("X1", "收费员", "administrator", None),
    ):  # fmt: skip
        Staff.objects.create(
            institution=qinghe.shiqiao, code=code, name=name, kind=kind,
            user=qinghe.people[who].user if who else None,
        )  # fmt: skip
    return qinghe


def who(code: str) -> Staff:
    return Staff.objects.get(code=code)


def found(world: World, year: int = 2026) -> dict[str, tuple[str, bool, bool]]:
    rows = policy.persons(year, date(2026, 12, 31), institution_id=world.shiqiao.pk)
    return {one.staff.code: (one.tier, one.came, one.passed) for one in rows}


def held(world: World, tier: str, *codes: str, points: int | None = None, **change: Any) -> Session:
    """A closed session of a tier."""
    session = planned(world, tier=tier, pass_mark=None if points is None else 60, **change)
    for code in codes:
        attended(world, session, who(code), points=points)
    return services.close(by=world.kong, session=session, now=session.ends_at + timedelta(hours=1))


def test_a_person_has_one_tier_and_comes_to_a_session_of_it_or_for_all(house: World) -> None:
    nobody = {
        "M1": ("management", False, False), "I1": ("insurance", False, False),
        "C1": ("clinical", False, False), "C2": ("clinical", False, False),
    }  # fmt: skip
    assert found(house) == nobody
    held(house, "", "M1")  # no policy training
    held(house, "management", "C1", points=80)  # a doctor at the leaders' session keeps nothing
    open_one = planned(house, tier="clinical")
    attended(house, open_one, who("C1"))  # its list is not closed
    assert found(house) == nobody
    held(house, "clinical", "C1", points=59)
    held(house, "all", "M1", points=60)
    assert found(house) | {} == nobody | {
        "C1": ("clinical", True, False), "M1": ("management", True, True),
    }  # fmt: skip
    assert not any(came for _tier, came, _passed in found(house, 2025).values())


def test_tiers_and_the_rate_asked_for_are_decided_and_dated(house: World) -> None:
    parameters.decide(
        by=house.su, key=policy.TIERS, from_date=date(2026, 1, 1), decided_by="医保办", source="通知",
        value={"management": "institution_head", "insurance": "insurance_office", "clinical": "nurse"},
    )  # fmt: skip
    assert set(found(house)) == {"M1", "I1", "C2"}
    assert policy.target(date(2026, 12, 31)) == 100


def test_the_year_is_a_fact_with_the_persons_behind_it_and_comes_before_a_declaration(house: World) -> None:
    keys = frozenset({"staff_to_train", "staff_trained"})
    places = list(Institution.objects.filter(is_active=True).select_related("parent"))

    def facts(month: Month) -> dict[str, tuple[Any, str]]:
        rows = collect.facts_of({month: keys}, places)
        return {one.key: (one.value, one.evidence_kind) for one in rows if one.institution == "QH11"}

    assert facts(Month(2026, 12)) == {}  # nothing was held here: what is declared counts
    held(house, "clinical", "C1")
    assert facts(Month(2026, 12)) == {"staff_to_train": (4, POLICY), "staff_trained": (1, POLICY)}
    assert facts(Month(2026, 11)) == {}  # of 2025 nothing is known
    assert facts(Month(2027, 3)) == facts(Month(2026, 12))
    source = collect.source_of(POLICY)
    assert source.records is not None and source.rows is not None
    ids = source.records(Month(2026, 12), "staff_trained")["QH11"]
    assert [one.code for one in source.rows(ids)] == ["C1"]


def test_who_is_missing_is_told_and_so_is_who_enters(house: World) -> None:
    with page_addresses("qinghe"):
        told = [one for one in waiting(house.bao, NOW) if one.url.endswith("/training/policy/")]
        assert [(one.count, one.state) for one in told] == [(1, "info"), (4, "info")]  # own, and to enter
        house.people["guan"] = member("guan", "管培训", house.shiqiao, "institution_admin")
        assert [one.count for one in waiting(house.guan, NOW) if one.url.endswith("policy/")] == [4]
        held(house, "all", "M1", "I1", "C1", "C2")
        for name in ("bao", "guan"):
            assert not [one for one in waiting(house.people[name], NOW) if one.url.endswith("policy/")]


def test_the_page_lists_the_own_missing_and_the_sheet_to_sign(house: World) -> None:
    session = planned(house, tier="clinical")
    held(house, "clinical", "C1", points=90, starts_at=BEGIN - timedelta(days=2),
         ends_at=BEGIN - timedelta(days=2, hours=-3))  # fmt: skip
    house.people["guan"] = member("guan", "管培训", house.shiqiao, "institution_admin")
    guan, luo = (house.client(name, HTTP_ACCEPT_LANGUAGE="zh-hans") for name in ("guan", "luo"))
    page = guan.get(f"{A}/policy/?year=2026").content.decode().split("<main", 1)[-1]
    absent = page.split("未参训人员", 1)[-1]
    assert "25.00%" in page and "陆平" in absent and "袁院长" in absent and "沈梅" not in absent
    assert "收费员" not in page
    clinical = guan.get(f"{A}/policy/?year=2026&tier=clinical").content.decode()
    assert "50.00%" in clinical and "袁院长" not in clinical.split("未参训人员", 1)[-1]
    assert house.shiqiao.short_name in luo.get(f"{A}/policy/").content.decode()
    assert "陆平" not in house.client("kong").get(f"{A}/policy/?year=2026").content.decode()
    sheet = guan.get(f"{A}/{session.pk}/sign-in/").content.decode()
    assert "签到表" in sheet and "陆平" in sheet and "鲍医保" not in sheet
    assert guan.get(f"{A}/policy/?year=x&tier=kitchen&page=9").status_code == 200


def test_more_staff_ask_no_more_queries(house: World) -> None:
    def asked() -> int:
        with page_addresses("qinghe"), CaptureQueriesContext(connection) as caught:
            show_policy.page(house.luo, 2026, date(2026, 11, 30))
        return len(caught)

    held(house, "clinical", "C1")
    before = asked()
    for number in range(6):
        doctor(house.shiqiao, f"N{number}", f"新{number}")
    assert asked() == before


def test_attendance_is_exact() -> None:
    assert policy.Count(3, 2, 0, 0).percent == Decimal("66.67") and policy.Count(0, 0, 0, 0).percent is None
