"""Keys of results, proved once a statement: no result without its case, run and scheme in its own alliance.

What foreign keys would promise, tried for the application and the owner, one row and many, COPY, two
transactions at once, planted faults, and a database that still has row-wise keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from psycopg.errors import ForeignKeyViolation, RestrictViolation

from alliance.lib.period import Month
from alliance.models import Department, Person
from alliance.services import jobs
from alliance.sql import copy_rows
from alliance.tenancy import sql, statement_keys, walls
from alliance.tenancy.scope import act_in
from grouping.models import Case, GroupedCase, GroupingRun, Scheme, StaleMark, TrialCase
from grouping.services import runs, schemes, versions
from tests import plugin
from tests.grouping.scene import inside, two_cases
from tests.stages import staged_own
from tests.world import World

LEAF = "grouping_groupedcase"
PARENTS = {"case_id": "grouping_case", "run_id": "grouping_groupingrun", "scheme_id": "grouping_scheme"}
COLUMNS = ["case_id", "run_id", "scheme_id", "revision", "mdc", "adrg", "drg", "status", "weight"]
INSERT = f"insert into {LEAF} (alliance_id, {', '.join(COLUMNS)}) values "


own_database, kept = staged_own(two_cases)


def keys(world: World) -> dict[str, int]:
    """Keys of a result that may be stored: revision 9 has none yet."""
    with inside(world):
        run = GroupingRun.objects.get(kind="live")
        return {"case_id": Case.objects.earliest("pk").pk, "run_id": run.pk, "scheme_id": run.scheme.pk}


def row(found: Mapping[str, int | None], revision: int = 9) -> list[object]:
    return [found["case_id"], found["run_id"], found["scheme_id"], revision, "", "", "X", "grouped", None]


def results(world: World) -> int:
    with inside(world):
        return int(GroupedCase.objects.count())


def as_owner(world: World) -> Any:
    """The owner, seeing the rows of the county alliance."""
    link = plugin.owner(connection.settings_dict["NAME"])
    link.execute("select set_config('app.alliance', %s, false)", [str(world.qinghe.pk)])
    return link


def values(alliance: int, cells: list[object]) -> str:
    texts = ["null" if cell is None else f"'{cell}'" for cell in [alliance, *cells]]
    return f"({', '.join(texts)})"


@pytest.mark.parametrize("column", PARENTS)
def test_a_result_whose_parent_is_missing_is_refused_with_all_of_its_statement(
    kept: World, column: str
) -> None:
    good = keys(kept)
    rows = [row(good, 9), row(good | {column: 10**9}, 10), row(good, 11)]
    text = INSERT + ", ".join(values(kept.qinghe.pk, cells) for cells in rows)
    refused = pytest.raises(IntegrityError, match=f"name {column} 1000000000.*{PARENTS[column]}")
    with refused as seen, inside(kept), connection.cursor() as cursor:
        cursor.execute(text)
    assert seen.value.__cause__.diag.constraint_name == f"{LEAF}_{column}_wall"  # type: ignore[union-attr]
    with pytest.raises(IntegrityError, match=column), inside(kept):
        copy_rows(LEAF, COLUMNS, rows)
    with as_owner(kept) as link, pytest.raises(ForeignKeyViolation, match=column):
        link.execute(text)
    assert results(kept) == 2


def test_a_result_in_another_alliance_cannot_name_a_case_of_this_one(kept: World) -> None:
    good = keys(kept)
    with act_in(kept.jiangzhou), transaction.atomic():
        schemes.adopt_shipped(by=kept.people["shen"], code="xietong_demo", from_date=Month(2020, 1).first_day)
        theirs = {"scheme_id": Scheme.objects.get().pk}
    for mixed in (good, good | theirs):
        refused = pytest.raises(IntegrityError, match="not in grouping_case of their alliance")
        with refused, act_in(kept.jiangzhou), transaction.atomic():
            copy_rows(LEAF, COLUMNS, [row(mixed)])
    with pytest.raises(IntegrityError, match="scheme_id"), inside(kept):
        copy_rows(LEAF, COLUMNS, [row(good | theirs)])


def test_results_mark_the_months_of_their_run_and_without_one_those_of_their_cases(kept: World) -> None:
    good = keys(kept)
    with inside(kept):
        run, case = GroupingRun.objects.get(pk=good["run_id"]), Case.objects.get(pk=good["case_id"])
        for number, cells in enumerate((good, good | {"run_id": None})):
            StaleMark.objects.all().delete()
            assert copy_rows(LEAF, COLUMNS, [row(cells, 9 + number)]) == 1
            assert [mark.month for mark in StaleMark.objects.all()] == [case.month] == [run.first_month]


def test_the_proof_is_not_put_off_and_leaves_the_scope_as_it_was(kept: World) -> None:
    good = keys(kept)
    with inside(kept), connection.cursor() as cursor:
        cursor.execute("set constraints all deferred")
        assert copy_rows(LEAF, COLUMNS, [row(good)]) == 1
        cursor.execute("select current_setting('app.alliance')")
        assert cursor.fetchone() == (str(kept.qinghe.pk),)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy_rows(LEAF, COLUMNS, [row(good | {"case_id": 10**9})])
    assert results(kept) == 3


def test_temporary_tables_of_the_same_names_deceive_nobody(kept: World) -> None:
    good = keys(kept)
    with pytest.raises(IntegrityError, match="case_id"), inside(kept), connection.cursor() as cursor:
        cursor.execute("create temporary table added (like grouping_groupedcase) on commit drop")
        cursor.execute("create temporary table grouping_case (alliance_id bigint, id bigint) on commit drop")
        cursor.execute("insert into pg_temp.grouping_case values (%s, %s)", [kept.qinghe.pk, 10**9])
        cursor.execute("set local search_path = pg_temp, public")
        cursor.execute(INSERT + values(kept.qinghe.pk, row(good | {"case_id": 10**9})))


def test_copy_fires_the_proof_too_and_rows_of_two_alliances_are_each_proved_in_their_own(kept: World) -> None:
    good = keys(kept)
    with as_owner(kept) as link:
        link.execute(f"alter table {LEAF} no force row level security")  # else COPY is refused
        columns = f"alliance_id, {', '.join(COLUMNS)}"

        def copy(*rows: list[object]) -> None:
            with link.cursor() as cursor, cursor.copy(f"copy {LEAF} ({columns}) from stdin") as pipe:
                for cells in rows:
                    pipe.write_row(cells)

        copy([kept.qinghe.pk, *row(good)])
        with pytest.raises(ForeignKeyViolation, match="case_id"):
            copy([kept.qinghe.pk, *row(good | {"case_id": 10**9}, 10)])
        # The setting names the county; the row of the city is proved in the city all the same.
        with pytest.raises(ForeignKeyViolation, match="of their alliance"):
            copy([kept.qinghe.pk, *row(good, 10)], [kept.jiangzhou.pk, *row(good, 10)])
        link.execute("select set_config('app.alliance', %s, false)", [str(kept.jiangzhou.pk)])
        copy([kept.qinghe.pk, *row(good, 10)])
        link.execute(f"alter table {LEAF} force row level security")
    assert results(kept) == 4


CHANGES = ["delete from {table}", "update {table} set id = default", "truncate {table} cascade"]


@pytest.mark.parametrize("table", PARENTS.values())
def test_a_parent_stays_for_the_application_and_for_the_owner(kept: World, table: str) -> None:
    for change in CHANGES:
        with pytest.raises(DatabaseError), inside(kept), connection.cursor() as cursor:
            cursor.execute(change.format(table=table))
        with as_owner(kept) as link, pytest.raises(RestrictViolation, match=r"stay, under|written once"):
            link.execute(change.format(table=table))
        assert keys(kept) and walls.faults() == []


@pytest.mark.parametrize("table", ["grouping_case", "grouping_groupingrun"])
def test_a_parent_moves_into_no_other_alliance(kept: World, table: str) -> None:
    move = f"update {table} set alliance_id = {kept.jiangzhou.pk}"
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        inside(kept),
        connection.cursor() as cursor,
    ):
        cursor.execute(move)
    with as_owner(kept) as link:
        link.execute(f"alter table {table} no force row level security")  # what row security would refuse
        with pytest.raises(RestrictViolation, match="stay, under their id and alliance"):
            link.execute(move)
        link.execute(f"alter table {table} force row level security")


def test_a_parent_changes_as_before_in_all_else(kept: World) -> None:
    with inside(kept):
        assert Case.objects.update(line=7) == 2 and GroupingRun.objects.update(parts=2) == 1


def test_no_key_of_a_result_changes_even_where_updates_are_let_through(kept: World) -> None:
    with as_owner(kept) as link:
        link.execute(f"alter table {LEAF} disable trigger {LEAF}_append_only")
        with pytest.raises(ForeignKeyViolation, match="case_id"):
            link.execute(f"update {LEAF} set case_id = case_id + 1000000000")


def test_the_application_can_switch_no_trigger_off(kept: World) -> None:
    for statement in (
        "set session_replication_role = replica",
        f"alter table {LEAF} disable trigger all",
        f"drop trigger {LEAF}_keys_in on {LEAF}",
        f"create or replace function public.{LEAF}_keys() returns trigger language sql as ''",
    ):
        refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_result_waits_for_the_commit_of_its_case(kept: World) -> None:
    good = keys(kept)
    insert_case = (
        "insert into grouping_case (alliance_id, {0}, record_no) select alliance_id, {0}, 'new' "
        "from grouping_case where id = %s returning id"
    )
    others = [field.column for field in Case._meta.local_fields if field.column not in
              ("id", "alliance_id", "record_no")]  # fmt: skip
    first, second = application(kept), application(kept)
    try:
        made = first.execute(insert_case.format(", ".join(others)), [good["case_id"]]).fetchone()[0]
        insert = INSERT + values(kept.qinghe.pk, row(good | {"case_id": made}))
        with pytest.raises(ForeignKeyViolation), second.transaction():
            second.execute(insert)
        first.commit()
        second.execute(insert)
        second.commit()
    finally:
        first.close()
        second.close()
    assert results(kept) == 3


def test_a_result_of_a_case_that_is_rolled_back_goes_with_it(kept: World) -> None:
    good = keys(kept)
    link = application(kept)
    try:
        made = "insert into grouping_groupingrun ({0}) select {0} from grouping_groupingrun returning id"
        names = [field.column for field in GroupingRun._meta.local_fields if field.column != "id"]
        with pytest.raises(ZeroDivisionError), link.transaction():
            run = link.execute(made.format(", ".join(names))).fetchone()[0]
            link.execute(INSERT + values(kept.qinghe.pk, row(good | {"run_id": run})))
            raise ZeroDivisionError
        with pytest.raises(ForeignKeyViolation):
            link.execute(INSERT + values(kept.qinghe.pk, row(good | {"run_id": run})))
    finally:
        link.close()
    assert results(kept) == 2


def application(world: World) -> Any:
    """A connection of the application of its own, in a transaction, inside the county alliance."""
    link = psycopg.connect(**psycopg_parameters(), autocommit=False)
    link.execute("select set_config('app.alliance', %s, false)", [str(world.qinghe.pk)])
    link.commit()
    return link


def psycopg_parameters() -> dict[str, Any]:
    known = ("dbname", "user", "password", "host", "port")
    return {name: value for name, value in connection.get_connection_params().items() if name in known}


def test_rows_of_a_trial_go_as_a_whole_and_never_change(kept: World) -> None:
    with inside(kept):
        version = versions.released(Scheme.objects.get().digest)
        assert version is not None
        run = runs.begin_trial(by=kept.luo, version=version, first=Month(2026, 10), last=Month(2026, 10))
    assert all(job.state == "done" for job in jobs.drain(kept.qinghe))
    with inside(kept):
        assert TrialCase.objects.filter(run=run).count() == 2
    with pytest.raises(DatabaseError, match="permission denied"), inside(kept):
        TrialCase.objects.update(drg="Y")
    with as_owner(kept) as link:
        for change in ("update {} set drg = 'Y'", "truncate {}"):
            with pytest.raises(RestrictViolation, match="written once"):
                link.execute(change.format("grouping_trialcase"))
    with pytest.raises(IntegrityError, match="run_id"), inside(kept):
        case = Case.objects.earliest("pk")
        TrialCase.objects.create(run_id=10**9, case=case, revision=1, drg="X", status="grouped")
    with inside(kept):
        runs.discard(by=kept.luo, run=run)
        assert TrialCase.objects.count() == 0


EMPTY = "create or replace function public.{}() returns trigger language plpgsql as 'begin return null; end'"
FAULTS = [
    (f"drop trigger {LEAF}_keys_in on {LEAF}", f"{LEAF}: trigger {LEAF}_keys_in is missing"),
    (f"drop trigger {LEAF}_keys_up on {LEAF}", f"{LEAF}: trigger {LEAF}_keys_up is missing"),
    (f"alter table {LEAF} disable trigger {LEAF}_keys_in", f"{LEAF}: trigger {LEAF}_keys_in is disabled"),
    (f"alter table {LEAF} enable replica trigger {LEAF}_keys_in", f"{LEAF}: trigger {LEAF}_keys_in is dis"),
    (f"alter table {LEAF} disable trigger user", f"{LEAF}: trigger {LEAF}_keys_in is disabled"),
    (EMPTY.format(f"{LEAF}_keys"), f"{LEAF}: function {LEAF}_keys is not as derived"),
    (f"alter function {LEAF}_keys() reset search_path", f"{LEAF}: function {LEAF}_keys is not as derived"),
    (f"alter function {LEAF}_keys() security definer", f"{LEAF}: function {LEAF}_keys is not as derived"),
    (
        f"create or replace trigger {LEAF}_keys_in after insert on {LEAF} referencing new table as added "
        f"for each statement when (false) execute function {LEAF}_keys()",
        f"{LEAF}: trigger {LEAF}_keys_in says",
    ),
    (f"create table part () inherits ({LEAF})", f"{LEAF}: rows of a part"),
    *(
        (
            f"alter table {table} disable trigger {table}_stays_{kind}",
            f"{table}: trigger {table}_stays_{kind}",
        )
        for table in PARENTS.values()
        for kind in ("id", "row", "all")
    ),
    (
        "drop trigger grouping_case_stays_row on grouping_case",
        "grouping_case: trigger grouping_case_stays_row is missing, rows that others name could go",
    ),
    (
        "create or replace trigger grouping_case_stays_id after update of line on grouping_case "
        "for each row when (old.id <> new.id or old.alliance_id <> new.alliance_id) "
        "execute function grouping_case_stays()",
        "grouping_case: trigger grouping_case_stays_id says",
    ),
    (EMPTY.format("grouping_case_stays"), "grouping_case: function grouping_case_stays is not as derived"),
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
            assert walls.faults() == []
    finally:
        link.close()


def owner_of_django(database: str) -> Any:
    """Django's connection as the owner: plants a fault, sees it, and takes it back."""
    with plugin.owner(database) as raw:
        who = {"USER": raw.info.user, "PASSWORD": raw.info.password, "HOST": raw.info.host}
        who["PORT"] = str(raw.info.port)
    link = connection.copy()
    link.settings_dict = {**connection.settings_dict, **who}
    return link


def test_a_table_that_asks_for_it_is_sound_only_once_its_inserts_and_updates_are_proved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Department, "keys_by_statement", True, raising=False)
    assert walls.faults() == [
        f"alliance_department: trigger alliance_department_keys_{kind} is missing, nothing proves its keys"
        for kind in ("in", "up")
    ]


def test_a_leaf_of_the_alliance_alone_is_proved_by_something(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Person, "keys_by_statement", False)
    assert "alliance_person: nothing proves that its alliance is there" in walls.faults()


def test_a_database_with_row_wise_keys_and_rows_is_taken_over(kept: World, own_database: str) -> None:
    with plugin.owner(own_database) as link:
        for name in ("in", "up"):
            link.execute(f"drop trigger {LEAF}_keys_{name} on {LEAF}")
        for column, parent in PARENTS.items():
            link.execute(sql.composite_key(LEAF, column, parent))
        link.execute("drop function grouping_case_stays() cascade")
    assert walls.faults() != []
    plugin.migrate(own_database)
    assert walls.faults() == [] and results(kept) == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_constraint where contype = 'f' and conrelid = %s::regclass", [LEAF]
        )
        assert cursor.fetchone() == (0,)
    with pytest.raises(IntegrityError, match="case_id"), inside(kept):
        copy_rows(LEAF, COLUMNS, [row(keys(kept) | {"case_id": 10**9})])


def test_rows_that_came_while_the_trigger_was_off_are_proved_before_it_is_on_again(
    kept: World, own_database: str
) -> None:
    good = keys(kept)
    with as_owner(kept) as link:
        link.execute(f"alter table {LEAF} disable trigger {LEAF}_keys_in")
        link.execute(INSERT + values(kept.qinghe.pk, row(good | {"case_id": 10**9})))
    with pytest.raises(RuntimeError, match="name case_id 1000000000, which is not in grouping_case"):
        plugin.migrate(own_database)
    assert any("_keys_in is disabled" in fault for fault in walls.faults())


def test_rows_whose_parent_went_while_it_was_not_guarded_are_found(kept: World, own_database: str) -> None:
    with as_owner(kept) as link:
        link.execute("alter table grouping_groupingrun disable trigger grouping_groupingrun_stays_row")
        link.execute("delete from grouping_groupingrun")
    for _again in range(2):
        with pytest.raises(RuntimeError, match="which is not in grouping_groupingrun of their alliance"):
            plugin.migrate(own_database)
        assert any("grouping_groupingrun_stays_row is disabled" in fault for fault in walls.faults())


def test_the_privilege_to_switch_triggers_off_is_not_granted(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select has_parameter_privilege(current_user, 'session_replication_role', 'SET')")
        assert cursor.fetchone() == (False,)
