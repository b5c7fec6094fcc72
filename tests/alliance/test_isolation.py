"""Planted faults are seen, requests of two alliances never mix, a read not journaled is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django_scopes import scopes_disabled

from alliance.models import AllianceRow, Department, Membership, Person
from alliance.tenancy import sql, walls
from alliance.tenancy.middleware import AddressMiddleware, AllianceMiddleware
from alliance.tenancy.scope import act_in
from tests.plugin import owner
from tests.referrals.scene import logged
from tests.world import World, make_world


@pytest.fixture
def own_world(own_database: str) -> World:
    """The cast in a database of the test's own, committed."""
    return make_world()


def in_(alliance: Any) -> Any:
    """Inside an alliance, in a transaction of its own."""
    from contextlib import ExitStack

    stack = ExitStack()
    stack.enter_context(act_in(alliance))
    stack.enter_context(transaction.atomic())
    return stack


# N10 -------------------------------------------------------------------------------
def unguarded(alliance: Any) -> set[str]:
    """Tables the database does not narrow to the alliance: their plans lack the wall's condition."""
    found = set()
    with in_(alliance), connection.cursor() as cursor:
        for wall in walls.walls():
            cursor.execute(f"explain select * from {wall.table}")
            if not any("app.alliance" in line for (line,) in cursor.fetchall()):
                found.add(wall.table)
    return found


def faulty() -> set[str]:
    return {fault.split(":")[0] for fault in walls.faults()}


TABLES = {wall.table for wall in walls.walls()}


def test_n10_each_dropped_policy_and_each_lifted_wall_turns_the_checks_red(
    own_world: World, own_database: str
) -> None:
    assert faulty() == set() and unguarded(own_world.qinghe) == set()
    with owner(own_database) as link:
        for table in TABLES:
            link.execute(f"drop policy {walls.POLICY} on {table}")
        assert faulty() == TABLES and unguarded(own_world.qinghe) == TABLES
        _raise(link)
        assert faulty() == set() and unguarded(own_world.qinghe) == set()
        for table in TABLES:
            link.execute(f"alter table {table} no force row level security, disable row level security")
        assert faulty() == TABLES and unguarded(own_world.qinghe) == TABLES
        _raise(link)
        for table in TABLES:
            link.execute(f"create policy second on {table} using (true)")
        assert faulty() == TABLES
        for table in TABLES:
            link.execute(f"drop policy second on {table}")
        link.execute("alter table alliance_department alter column alliance_id drop not null")
        link.execute("grant truncate on alliance_journal to public")
        link.execute("create table forgotten (id bigint)")
        link.execute("create view peep as select * from alliance_person")
        assert faulty() >= {"alliance_department", "alliance_journal", "forgotten", "peep"}


def _raise(link: Any) -> None:
    for wall in walls.walls():
        link.execute(
            sql.raise_wall(wall.table, walls.POLICY, wall.sees, walls.SEES, wall.grant, settings.APP_ROLE)
        )


def models() -> list[type[AllianceRow]]:
    return [model for model in apps.get_models() if issubclass(model, AllianceRow)]


def foreign(world: World) -> dict[str, int]:
    """How many rows of other alliances each model shows inside Qinghe."""
    with in_(world.qinghe):
        return {model.__name__: model.objects.exclude(alliance=world.qinghe).count() for model in models()}


def test_n10_with_one_wall_gone_the_other_still_hides(own_world: World, own_database: str) -> None:
    with in_(own_world.jiangzhou):
        theirs = {model.__name__ for model in models() if model.objects.exists()}
    assert {"Institution", "Department", "Membership", "Parameter", "WorkCalendarDay"} <= theirs
    with scopes_disabled(), transaction.atomic():
        _tell(own_world.qinghe.pk)
        assert not any(model.objects.exclude(alliance=own_world.qinghe).count() for model in models())
        assert Department.objects.count() == 4
    with owner(own_database) as link:
        for table in TABLES:
            link.execute(f"alter table {table} no force row level security, disable row level security")
    assert not any(foreign(own_world).values())
    with scopes_disabled(), transaction.atomic():
        _tell(own_world.qinghe.pk)
        shown = {
            model.__name__ for model in models() if model.objects.exclude(alliance=own_world.qinghe).exists()
        }
    assert shown >= theirs, "with both walls gone this test must see what they hide"


def _tell(alliance_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.alliance', %s, true)", [str(alliance_id)])


# N11, N12 --------------------------------------------------------------------------
class Signed:
    """What the middleware asks of a request that came through the session's middleware."""

    def __init__(self, member: Membership) -> None:
        self.user, self.session, self.htmx = member.user, {}, False
        self.user.is_verified = lambda: True


def test_n11_four_thousand_alternating_requests_on_one_connection(own_world: World) -> None:
    expected = {"qinghe": (own_world.qinghe.pk, 4), "jiangzhou": (own_world.jiangzhou.pk, 2)}
    seen: list[tuple[int, int, int]] = []

    def view(request: Any) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("select min(alliance_id), max(alliance_id), count(*) from alliance_institution")
            seen.append(cursor.fetchone())
        if len(seen) % 7 == 0:
            return HttpResponse(status=500)
        return HttpResponse(str(Department.objects.count()))

    answer, factory, wrong = AddressMiddleware(AllianceMiddleware(view)), RequestFactory(), 0
    signed = {"qinghe": Signed(own_world.lin), "jiangzhou": Signed(own_world.qian)}
    before = connection.connection
    for number in range(4_000):
        code = ("qinghe", "jiangzhou")[number % 2]
        request = factory.get(f"/a/{code}/")
        vars(request).update(vars(signed[code]))
        body = answer(request).content
        alliance_id, places = expected[code]
        wrong += seen[-1] != (alliance_id, alliance_id, places) or body not in (b"", str(places).encode())
    assert wrong == 0 and len(seen) == 4_000 and connection.connection is before


def test_n12_start_pages_and_the_api_never_mix_two_alliances(world: World) -> None:
    assert "redis" in settings.CACHES["default"]["BACKEND"]
    with act_in(world.qinghe):
        logged(world, serial=1)
    browsers = {name: world.client(name) for name in ("lin", "qian")}
    for _turn in range(3):
        for name, code, own, other in (
            ("lin", "qinghe", "清河", "江州"),
            ("qian", "jiangzhou", "江州", "清河"),
        ):
            assert browsers[name].get("/").headers["Location"] == f"/a/{code}/"
            page = browsers[name].get("/me/")
            assert own in page.content.decode() and other not in page.content.decode()
            assert "no-store" in page.headers["Cache-Control"]
            listed = browsers[name].get("/api/v1/referrals/")
            assert listed.json()["count"] == (1 if name == "lin" else 0)
            assert "no-store" in listed.headers["Cache-Control"]


def test_n12_a_member_of_both_names_the_alliance_with_each_call(world: World) -> None:
    with act_in(world.qinghe):
        logged(world, serial=1)
    with act_in(world.jiangzhou):
        Membership.objects.create(user=world.lin.user, institution=world.city_lead, roles=["clinician"])
    client = world.client("lin")
    assert client.get("/").headers["Location"] == "/me/"
    assert client.get("/api/v1/referrals/").status_code in (401, 403)
    for _turn in range(3):
        counts = [
            client.get("/api/v1/referrals/", headers={"X-Alliance": code}).json()["count"]
            for code in ("qinghe", "jiangzhou")
        ]
        assert counts == [1, 0]
    assert client.get("/api/v1/referrals/", headers={"X-Alliance": "nowhere"}).status_code in (401, 403)


# N44 -------------------------------------------------------------------------------
@pytest.fixture
def silent(own_world: World, own_database: str) -> Iterator[tuple[World, dict[str, str]]]:
    """A town with a patient in a referral; from now on nothing can be written to the journal."""
    with in_(own_world.qinghe):
        referral = logged(own_world, serial=1)
        person = Person.objects.get()
        paths = {
            "zhao": f"/a/qinghe/referrals/{referral.pk}/",
            "lin": f"/api/v1/referrals/{referral.pk}/",
            "luo": f"/a/qinghe/data/alliance/person/{person.pk}/change/",
        }
    yield own_world, paths


def test_n44_a_patients_page_is_refused_when_its_reading_cannot_be_journaled(
    silent: tuple[World, dict[str, str]], own_database: str
) -> None:
    world, paths = silent
    browsers = {name: world.client(name, raise_request_exception=False) for name in paths}
    for name, path in paths.items():
        assert browsers[name].get(path).status_code == 200
    with owner(own_database) as link:
        link.execute(f"revoke insert on alliance_journal from {settings.APP_ROLE}")
    for name, path in paths.items():
        answer = browsers[name].get(path)
        body = answer.content.decode()
        assert answer.status_code == 500 and "龚" not in body and "I50" not in body
    assert Client().get("/healthz").status_code == 200


def test_a_refusal_stands_even_when_it_cannot_be_journaled(
    silent: tuple[World, dict[str, str]], own_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    world, paths = silent
    client = world.client("tan", raise_request_exception=False)
    with owner(own_database) as link:
        link.execute(f"revoke insert on alliance_journal from {settings.APP_ROLE}")
    assert client.get(paths["zhao"]).status_code == 404
    assert "a denial could not be journaled" in caplog.text
