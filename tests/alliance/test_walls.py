"""The two walls: queries outside a scope, row security, composite keys, ids, nesting (walls.md section 1)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django_scopes.exceptions import ScopeError

from alliance.models import Department, Institution, Membership
from alliance.tenancy import walls
from alliance.tenancy.scope import NoAlliance, OutsideTransaction, act_as, act_in
from tests.world import World


def test_walls_stand(world: World) -> None:
    assert walls.faults() == []


def test_n9_query_outside_a_scope_raises_and_raw_sql_gives_no_row(world: World) -> None:
    with pytest.raises(ScopeError):
        Institution.objects.count()
    with pytest.raises(NoAlliance):
        Institution.objects.create(
            code="X", organisation="X", name="X", short_name="X", level="primary", kind="village"
        )
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from alliance_institution")
        assert cursor.fetchone() == (0,)


def test_row_security_hides_the_other_alliance_from_raw_sql(world: World) -> None:
    with act_in(world.jiangzhou), connection.cursor() as cursor:
        cursor.execute(
            "select count(*), count(*) filter (where alliance_id <> %s) from alliance_institution",
            [world.jiangzhou.pk],
        )
        assert cursor.fetchone() == (2, 0)


def test_n13_rows_of_two_alliances_cannot_be_linked(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), act_in(world.jiangzhou):
        Department.objects.create(institution_id=world.lead.pk, code="09", name="外科", kind="clinical")
        connection.check_constraints()


def test_writing_a_row_of_another_alliance_is_refused_by_the_database(world: World) -> None:
    from django.db import ProgrammingError

    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        act_in(world.jiangzhou),
    ):
        Department.objects.create(
            alliance_id=world.qinghe.pk, institution_id=world.lead.pk, code="09", name="x", kind="clinical"
        )


def test_n6_a_number_that_exists_in_the_other_alliance_is_accepted(world: World) -> None:
    with act_in(world.jiangzhou):
        made = Institution.objects.create(
            code=world.lead.code,
            organisation=world.lead.organisation,
            name="同号医院",
            short_name="同号",
            level="secondary",
            kind="general",
        )
    assert made.pk


def test_ids_are_written_by_the_database_alone(world: World) -> None:
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError, match="non-DEFAULT"), transaction.atomic(), act_in(world.qinghe):
        Department.objects.create(pk=10**9, institution=world.lead, code="77", name="x", kind="clinical")


def test_nesting_restores_the_outer_alliance_and_a_failed_transaction_keeps_its_error(world: World) -> None:
    with act_in(world.qinghe):
        with act_in(world.jiangzhou):
            assert Institution.objects.count() == 2
        assert Institution.objects.count() == 4
        with pytest.raises(IntegrityError), transaction.atomic(), act_in(world.jiangzhou):
            place = Institution.objects.get(code="JZ01")
            Institution.objects.create(
                code="JZ01", organisation="o", name="n", short_name="n", level=place.level, kind=place.kind
            )
        assert Institution.objects.count() == 4


def test_a_user_sees_only_their_own_memberships_before_an_alliance_is_known(world: World) -> None:
    with act_as(world.qian.user):
        found = Membership.of_user(world.qian.user)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from alliance_membership")
            assert cursor.fetchone() == (1,)
    assert [membership.pk for membership in found] == [world.qian.pk]


def test_n48_sql_outside_a_transaction_while_a_scope_is_open_raises(own_database: str) -> None:
    from alliance.models import Alliance

    alliance = Alliance.objects.create(code="solo", name="独", kind="county")
    with act_in(alliance), pytest.raises(OutsideTransaction):
        Institution.objects.count()
    with act_in(alliance), transaction.atomic():
        assert Institution.objects.count() == 0


def test_a_connection_opened_inside_a_scope_works(own_database: str) -> None:
    from django.db.backends.base import base

    from alliance.models import Alliance

    alliance = Alliance.objects.create(code="solo", name="独", kind="county")
    connection.close()
    base.RAN_DB_VERSION_CHECK.discard("default")  # as in a process that has just begun
    with act_in(alliance), transaction.atomic():
        assert Institution.objects.count() == 0
