"""The API of the newest rooms: lists and rows as the pages show them; walls, words, no growing queries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.throttling import ScopedRateThrottle

from alliance.models import Attachment, Institution, Journal, Person, Staff
from alliance.tenancy.scope import act_in
from grouping.models import Case, CaseFile
from tests.agreements import access as agreements
from tests.care import access as care
from tests.offsite import access as offsite
from tests.verification import access as verification
from tests.violations import access as violations
from tests.world import World, member

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
Make = Callable[[World, Institution, str], Any]


def _staff(place: Institution) -> Staff:
    return Staff.objects.create(institution=place, code=uuid4().hex[:8], kind="doctor", name="医生")


def _case(world: World, place: Institution, mark: str) -> Case:
    """One stay of the institution, in a month of its own: an opinion is one a month."""
    sealed = Attachment.objects.create(
        purpose="case_file", stored_name=mark, shown_name=mark, content_type="text/csv", size=1,
        sha256=mark.ljust(64, "0"), owner=world.kong, institution=place,
    )  # fmt: skip
    file = CaseFile.objects.create(
        attachment=sealed, institution=place, sha256=mark.ljust(64, "0"), received_by=world.kong,
        delivered_on=NOW.date(),
    )  # fmt: skip
    who = Person.objects.create(key=mark, name="某某", name_key=mark, sex=1)
    return Case.objects.create(
        institution=place, person=who, file=file, line=2, record_no=mark, visit_no=1,
        month=date(2026, int(mark[-1]), 1), admitted_at=NOW, discharged_at=NOW, department_code="03", sex=1,
        age=50, stay_days=5, discharge_way=1, diagnoses=["I50.900"], total_fen=1, raw={}, digest="1" * 64,
    )  # fmt: skip


MAKE: dict[str, Make] = {
    "offsite": lambda world, place, mark: offsite.filing(place, mark, NOW),
    "mdt": lambda world, place, mark: care.meeting(world.kong, place, _staff(place), mark, NOW),
    "patient-days": lambda world, place, mark: care.day(world.kong, place, mark),
    "focus-groups": lambda world, place, mark: care.group(world.kong, place, mark),
    "tolerance": lambda world, place, mark: care.tolerance_case(
        world.kong if place == world.lead else world.tang, world.luo, place, mark, NOW
    ),
    "abnormal": lambda world, place, mark: care.report(world.kong, _case(world, place, mark), mark, NOW),
    "verification": lambda world, place, mark: verification.opinion(
        world.luo, place, _case(world, place, mark), mark
    ),
    "agreements": lambda world, place, mark: agreements.agreement(world.luo, world.meng, place, mark),
    "violations": lambda world, place, mark: violations.violation(
        world.luo, place, world.kong, mark, int(mark[-1])
    ),
}


@pytest.fixture
def ready(world: World, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast with an administrator of a second hospital and the office of another alliance."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(ScopedRateThrottle, "cache_format", f"{uuid4().hex}_%(scope)s_%(ident)s")
    with act_in(world.qinghe):
        world.people["tang"] = member("tang", "唐蕊", world.tcm, "institution_admin")
    yield world


@pytest.mark.parametrize("room", sorted(MAKE))
def test_a_room_reads_by_the_walls_of_its_pages(ready: World, room: str) -> None:
    with act_in(ready.qinghe):
        own = MAKE[room](ready, ready.lead, "MARK-1")
        theirs = MAKE[room](ready, ready.tcm, "MARK-2")
    root = f"/api/v1/{room}/"
    ids = {name: {one["id"] for one in ready.client(name).get(root).json()["results"]}
           for name in ("luo", "kong", "tang", "qiao")}  # fmt: skip
    assert ids == {"luo": {own.pk, theirs.pk}, "kong": {own.pk}, "tang": {theirs.pk}, "qiao": set()}
    narrowed = ready.client("luo").get(f"{root}?institution={ready.tcm.code}").json()
    assert [one["id"] for one in narrowed["results"]] == [theirs.pk]
    assert Client().get(root).status_code == 401
    assert ready.client("zhao").get("/api/v1/violations/").status_code == 403
    with CaptureQueriesContext(connection) as before:
        ready.client("kong").get(root)
    with act_in(ready.qinghe):
        for n in () if room in ("patient-days", "agreements") else (3, 4):  # one a month, one of a kind
            MAKE[room](ready, ready.lead, f"MARK-{n}")
    with CaptureQueriesContext(connection) as after:
        ready.client("kong").get(root)
    assert len(after) <= len(before)
    if room == "focus-groups":
        return
    page = ready.client("kong").get(f"{root}{own.pk}/")
    assert page.status_code == 200 and page.json()["institution"] == ready.lead.code
    missing = ready.client("kong").get(f"{root}999999999/")
    for client, pk in ((ready.client("kong"), theirs.pk), (ready.client("qiao"), own.pk)):
        answer = client.get(f"{root}{pk}/")
        assert (answer.status_code, answer.content) == (404, missing.content)
    choice = "verdict" if room == "verification" else "state"
    assert ready.client("luo").get(f"{root}?{choice}=nonsense").status_code == 400


def test_what_speaks_of_patients_is_journaled_and_names_nobody(ready: World) -> None:
    with act_in(ready.qinghe):
        MAKE["offsite"](ready, ready.lead, "MARK-1")
    answer = json.dumps(ready.client("kong").get("/api/v1/offsite/").json(), ensure_ascii=False)
    with act_in(ready.qinghe):
        from referrals.offsite.models import Filing

        row = Filing.objects.get()
        assert row.name and row.name not in answer
        assert Journal.objects.filter(verb="patient.listed", detail__list="api.offsite").count() == 1


def test_a_finding_is_read_by_the_institution_once_it_is_decided(ready: World) -> None:
    with act_in(ready.qinghe):
        row = MAKE["violations"](ready, ready.lead, "MARK-1")
        type(row).objects.filter(pk=row.pk).update(violated=True)
    assert ready.client("luo").get(f"/api/v1/violations/{row.pk}/").json()["violated"] is True
    told = ready.client("kong").get(f"/api/v1/violations/{row.pk}/").json()
    assert told["violated"] is None and "source" not in told and "opened_by" not in told
