"""Keys of cases, staged rows and persons, proved once a statement: what foreign keys would promise.

Tried for the application and the owner, one row and many, INSERT and UPDATE, inside an alliance's scope,
outside of any, and in another's; and that `check_walls` sees each way of taking a proof or a guard away.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from psycopg.errors import ForeignKeyViolation, InsufficientPrivilege, RestrictViolation

from alliance.models import Attachment, Institution, Person
from alliance.tenancy import statement_keys, walls
from alliance.tenancy.scope import act_in
from grouping.models import Case, CaseFile, StagedCase
from tests import plugin
from tests.grouping.scene import check, inside, pages, two_cases
from tests.grouping.test_result_keys import CHANGES, EMPTY, application, as_owner, owner_of_django
from tests.stages import staged_own
from tests.world import World

PARENTS = {
    "institution_id": "alliance_institution",
    "person_id": "alliance_person",
    "file_id": "grouping_casefile",
}
COLUMNS = [
    field.column
    for field in Case._meta.local_fields
    if field.column not in ("id", "alliance_id", "record_no")
]


own_database, kept = staged_own(two_cases)


def copies(
    changed: dict[str, int],
    which: str = "n = 2",
    alliance: str = "alliance_id",
    source: str = "grouping_case",
) -> str:
    """A statement that writes three copies of a case, some of them with other keys."""
    cells = [
        f"case when {which} then {changed[name]} else {name} end" if name in changed else name
        for name in COLUMNS
    ]
    return (
        f"insert into grouping_case (alliance_id, record_no, {', '.join(COLUMNS)}) "
        f"select {alliance}, 'new' || n, {', '.join(cells)} "
        f"from (select * from {source} order by id limit 1) one, generate_series(1, 3) n"
    )


def cases(world: World) -> int:
    with inside(world):
        return int(Case.objects.count())


def foreign(world: World) -> dict[str, int]:
    """Parents that are there, in the other alliance."""
    digest = "0" * 64
    with act_in(world.jiangzhou), transaction.atomic():
        sealed = Attachment.objects.create(
            purpose="case_file", stored_name="x", shown_name="x", content_type="text/csv", size=1,
            sha256=digest, owner=world.people["shen"],
        )  # fmt: skip
        file = CaseFile.objects.create(
            attachment=sealed, sha256=digest, received_by=world.people["shen"], delivered_on=date(2026, 11, 3)
        )
        person = Person.objects.create(key="k", name="某某", name_key="n", sex=1)
        place = Institution.objects.earliest("pk")
    return {"institution_id": place.pk, "person_id": person.pk, "file_id": file.pk}


@pytest.mark.parametrize("column", PARENTS)
def test_a_case_names_no_parent_that_is_missing_or_of_another_alliance(kept: World, column: str) -> None:
    for strange in (10**9, foreign(kept)[column]):
        text = copies({column: strange})
        refused = pytest.raises(IntegrityError, match=f"name {column} {strange}.*{PARENTS[column]}")
        with refused as seen, inside(kept), connection.cursor() as cursor:
            cursor.execute(text)
        diagnosis = seen.value.__cause__.diag  # type: ignore[union-attr]
        assert diagnosis.constraint_name == f"grouping_case_{column}_wall"
        with pytest.raises(IntegrityError, match=column), inside(kept):
            Case.objects.update(**{column: strange})
        with as_owner(kept) as link:
            for statement in (text, f"update grouping_case set {column} = {strange}"):
                with pytest.raises(ForeignKeyViolation, match=column):
                    link.execute(statement)
    assert cases(kept) == 2


def test_outside_its_scope_nothing_is_written_and_in_another_scope_neither(kept: World) -> None:
    theirs = foreign(kept)
    with application(kept) as link:
        link.execute("create temporary table one as select * from grouping_case order by id limit 1")
        link.commit()
        for scope in ("", str(kept.jiangzhou.pk)):
            link.execute("select set_config('app.alliance', %s, true)", [scope])
            with pytest.raises(InsufficientPrivilege, match="row-level security"):
                link.execute(copies({}, source="one"))
            link.rollback()
        # In the other alliance and under its name: whichever key is still this one's is refused.
        for own in PARENTS:
            mixed = {name: key for name, key in theirs.items() if name != own}
            link.execute("select set_config('app.alliance', %s, true)", [str(kept.jiangzhou.pk)])
            with pytest.raises(ForeignKeyViolation, match=f"name {own} "):
                link.execute(copies(mixed, "true", str(kept.jiangzhou.pk), "one"))
            link.rollback()
        link.execute("select set_config('app.alliance', %s, true)", [str(kept.jiangzhou.pk)])
        link.execute(copies(theirs, "true", str(kept.jiangzhou.pk), "one"))
        link.rollback()
    assert cases(kept) == 2


@pytest.mark.parametrize("table", PARENTS.values())
def test_a_parent_stays_for_the_application_and_for_the_owner(kept: World, table: str) -> None:
    for change in CHANGES:
        with pytest.raises(DatabaseError), inside(kept), connection.cursor() as cursor:
            cursor.execute(change.format(table=table))
        with as_owner(kept) as link, pytest.raises(RestrictViolation, match=r"stay, under|written once"):
            link.execute(change.format(table=table))
        assert cases(kept) == 2 and walls.faults() == []


@pytest.mark.parametrize("table", ["grouping_case", *PARENTS.values()])
def test_neither_a_case_nor_its_parent_moves_into_another_alliance(kept: World, table: str) -> None:
    move = f"update {table} set alliance_id = {kept.jiangzhou.pk}"
    refused = pytest.raises(DatabaseError, match="row-level security")
    with refused, inside(kept), connection.cursor() as cursor:
        cursor.execute(move)
    with as_owner(kept) as link:
        link.execute(f"alter table {table} no force row level security")  # what row security would refuse
        with pytest.raises(RestrictViolation, match="stay, under their id and alliance"):
            link.execute(move)
        link.execute(f"alter table {table} force row level security")


def test_an_alliance_stays_and_no_person_names_one_that_is_not_there(kept: World) -> None:
    with as_owner(kept) as link:
        for change in ("delete from {0}", "update {0} set id = id + 1000", "truncate {0} cascade"):
            with pytest.raises(RestrictViolation, match="stay, under their id and alliance"):
                link.execute(change.format("alliance_alliance"))
        # A setting that names nobody lets row security pass; the proof does not.
        link.execute("select set_config('app.alliance', '1000000000', false)")
        with pytest.raises(ForeignKeyViolation, match="name alliance_id 1000000000"):
            link.execute(
                "insert into alliance_person (alliance_id, key, name, name_key, sex, phone_key) "
                "values (1000000000, 'k', 'x', 'n', 1, '')"
            )


def test_a_staged_row_names_only_parents_of_its_alliance(kept: World) -> None:
    theirs = foreign(kept)
    check(kept, pages(kept, 3))
    for column in ("institution_id", "file_id"):
        for strange in (10**9, theirs[column]):
            with pytest.raises(IntegrityError, match=f"name {column} {strange}"), inside(kept):
                StagedCase.objects.update(**{column: strange})


def test_a_person_is_blanked_and_a_case_changes_in_all_else(kept: World) -> None:
    with inside(kept):
        assert Person.objects.update(name="", id_number=None) == 2
        assert Case.objects.update(line=7) == 2
        assert Case.objects.update(person_id=Person.objects.earliest("pk").pk) == 2


FAULTS = [
    *(
        fault
        for table in ("grouping_case", "grouping_stagedcase", "alliance_person")
        for fault in (
            (f"drop trigger {table}_keys_in on {table}", f"{table}: trigger {table}_keys_in is missing"),
            (f"drop trigger {table}_keys_up on {table}", f"{table}: trigger {table}_keys_up is missing"),
            (
                f"alter table {table} disable trigger {table}_keys_up",
                f"{table}: trigger {table}_keys_up is disabled",
            ),
            (EMPTY.format(f"{table}_keys"), f"{table}: function {table}_keys is not as derived"),
        )
    ),
    *(
        (
            f"alter table {table} disable trigger {table}_stays_{kind}",
            f"{table}: trigger {table}_stays_{kind} is disabled",
        )
        for table in (*PARENTS.values(), "alliance_alliance")
        for kind in ("id", "row", "all")
    ),
]


def test_each_planted_fault_is_seen(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert walls.faults() == []
    link = owner_of_django(own_database)
    for module in (walls, statement_keys):
        monkeypatch.setattr(module, "connection", link)
    link.set_autocommit(False)
    try:
        for plant, sentence in FAULTS:
            with link.cursor() as cursor:
                cursor.execute(plant)
            assert any(found.startswith(sentence) for found in walls.faults()), plant
            link.rollback()
    finally:
        link.close()


def test_a_database_whose_cases_had_row_wise_keys_is_taken_over(kept: World, own_database: str) -> None:
    from alliance.tenancy import sql

    with plugin.owner(own_database) as link:
        for name in ("in", "up"):
            link.execute(f"drop trigger grouping_case_keys_{name} on grouping_case")
        for column, parent in PARENTS.items():
            link.execute(sql.composite_key("grouping_case", column, parent))
    assert walls.faults() != []
    plugin.migrate(own_database)
    assert walls.faults() == [] and cases(kept) == 2
    with pytest.raises(IntegrityError, match="person_id"), inside(kept):
        Case.objects.update(person_id=10**9)


def test_a_case_whose_parent_went_while_nothing_proved_it_is_found(kept: World, own_database: str) -> None:
    with as_owner(kept) as link:
        link.execute("alter table grouping_case disable trigger grouping_case_keys_up")
        link.execute("update grouping_case set person_id = 1000000000")
    with pytest.raises(RuntimeError, match="name person_id 1000000000, which is not in alliance_person"):
        plugin.migrate(own_database)
