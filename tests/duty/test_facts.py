"""What a month counts of responsibility letters, and the list in the API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.throttling import ScopedRateThrottle

from alliance.lib.period import Month
from alliance.models import Institution
from performance import collect
from performance.collect.duty import DUTY
from performance.duty.services import rounds
from tests.duty.scene import NOW, opened, signed
from tests.world import World, member

NOVEMBER, KEYS = Month(2026, 11), frozenset({"letters_due", "letters_signed"})
ROOT = "/api/v1/duty/"


def found(month: Month = NOVEMBER) -> dict[tuple[str, str], Any]:
    places = list(Institution.objects.filter(is_active=True).select_related("parent"))
    facts = collect.facts_of({month: KEYS}, places)
    return {(fact.institution, fact.key): (fact.value, fact.evidence_kind) for fact in facts}


def test_a_month_counts_who_must_sign_and_whose_signature_holds(qinghe: World) -> None:
    assert found() == {}
    round_ = opened(qinghe)
    for one in (qinghe.pei, qinghe.zhao):
        signed(one, round_.version)
    told = found()
    assert told == {
        ("QH01", "letters_due"): (4, DUTY), ("QH01", "letters_signed"): (1, DUTY),
        ("QH02", "letters_due"): (1, DUTY), ("QH02", "letters_signed"): (0, DUTY),
        ("QH11", "letters_due"): (2, DUTY), ("QH11", "letters_signed"): (1, DUTY),
    }  # fmt: skip
    assert found(NOVEMBER.plus(-1)) == {}  # nothing was asked yet
    # A year on it has ended: nobody's signature holds, also where the round has ended.
    rounds.end_round(by=qinghe.luo, round=round_, now=NOW + timedelta(days=90))
    assert found(NOVEMBER.plus(12))["QH01", "letters_signed"] == (0, DUTY)
    assert found(NOVEMBER.plus(11))["QH01", "letters_signed"] == (1, DUTY)
    source = collect.BY_KIND[DUTY]
    assert source.records is not None and source.rows is not None
    ids = source.records(NOVEMBER, "letters_signed")["QH01"]
    assert [one.user.name for one in source.rows(ids)] == ["裴大夫"]


def test_the_list_reads_by_the_walls_of_its_page(qinghe: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScopedRateThrottle, "cache_format", f"{uuid4().hex}_%(scope)s_%(ident)s")
    with time_machine.travel(NOW, tick=False):
        assert qinghe.client("luo").get(ROOT).json()["results"] == []
        round_ = opened(qinghe)
        row = signed(qinghe.pei, round_.version)
        names = {
            name: {one["name"] for one in qinghe.client(name).get(ROOT).json()["results"]}
            for name in ("luo", "ji", "kong", "wu")
        }
        assert len(names["luo"]) == len(names["ji"]) == 7 and "赵敏学" not in names["kong"]
        assert names["kong"] == {"林静", "吴越", "方医保", "裴大夫"} and names["wu"] == {"吴越", "裴大夫"}
        luo = qinghe.client("luo")
        done = luo.get(f"{ROOT}?state=signed").json()["results"]
        assert [(one["name"], one["letter"]) for one in done] == [("裴大夫", row.pk)]
        assert luo.get(f"{ROOT}?state=overdue").json()["results"] == []
        assert len(luo.get(f"{ROOT}?state=missing&institution=QH11").json()["results"]) == 2
        assert luo.get(f"{ROOT}?state=x").status_code == 400
        one = luo.get(f"{ROOT}{qinghe.zhao.pk}/")
        assert (one.json()["state"], one.json()["due_on"]) == ("missing", "2026-11-30")
        for name in ("kong", "qiao"):
            assert qinghe.client(name).get(f"{ROOT}{qinghe.zhao.pk}/").status_code == 404
        assert qinghe.client("pei").get(ROOT).status_code == 403 and Client().get(ROOT).status_code == 401
        with CaptureQueriesContext(connection) as before:
            luo.get(ROOT)
        for n in range(4):
            member(f"neu{n}", f"新{n}", qinghe.tcm, "clinician")
        with CaptureQueriesContext(connection) as after:
            luo.get(ROOT)
        assert len(after) == len(before)
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        assert date(2026, 12, 22) > round_.due_on
        assert len(qinghe.client("luo").get(f"{ROOT}?state=overdue").json()["results"]) == 10
