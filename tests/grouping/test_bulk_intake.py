"""A large file is checked range by range by several workers: what is stored is what one pass stores."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from alliance.models import Job
from alliance.models.people import Person
from alliance.services import files, jobs, people
from alliance.tenancy.scope import act_in
from grouping import sql
from grouping.delivered import sql as delivered
from grouping.models import BadRow, CaseFile, FileRange, StagedCase
from grouping.readers import content
from grouping.services import intake, ranges, staging
from tests.grouping.files import as_csv, front_page
from tests.grouping.scene import TODAY, inside, shipped
from tests.stages import staged_own
from tests.world import World

ROWS = 60


own_database, cast = staged_own(shipped)  # real commits that other threads see


def rows_of(world: World) -> list[dict[str, str]]:
    """Sixty rows: good, bad, repeated, of strangers, with quotes, line ends and backslashes in names."""
    rows = [
        front_page(world.lead.organisation, f"D{n:03}", A11=f"人{n}", C04N=f"肺炎{n}") for n in range(ROWS)
    ]
    rows[4]["C03C"] = ""
    rows[7] |= {"A11": '欧"阳\\n\t', "A02": "一\n二", "C04N": "a\\b"}
    rows[20] = dict(rows[3])  # repeats a good row
    rows[30] = rows[4] | {"D01": "x"}  # repeats a bad one, with an error of its own
    rows[41]["A01"] = "9" * 22
    rows[42] = dict(rows[41])  # repeats one that only the house refused
    rows[50] = dict(rows[3])
    rows[55]["A11"] = "长" * 61
    rows[58] |= {"A11": "", "A14": "0", "A13": "2026-10-01", "A16": "7"}
    return rows


def deliver(world: World, rows: list[dict[str, str]]) -> CaseFile:
    with inside(world):
        content = [as_csv(rows, "gb18030")]
        file, _made = intake.receive_file(by=world.su, name="d.csv", content=content, today=TODAY)
    return file


def stored(world: World, file: CaseFile) -> tuple[list[Any], list[Any], tuple[int, int, str, Any]]:
    """Everything that the check left, without the keys the database chose and the nonces of sealing."""
    with inside(world):
        names = [name for name in staging.COLUMNS if name not in ("file_id", "id_number")]
        good = list(StagedCase.objects.filter(file=file).order_by("line").values_list(*names))
        bad = [
            (
                row.line,
                bytes(row.row_key or b""),
                row.column,
                row.code,
                row.value,
                row.message,
                row.params,
                row.raw,
            )
            for row in BadRow.objects.filter(file=file)
        ]
        file = CaseFile.objects.get(pk=file.pk)
        return good, bad, (file.rows_read, file.rows_bad, file.state, file.preview)


def test_the_fields_of_the_line_are_the_columns_of_the_table() -> None:
    assert (*content.CONTENT, "digest") == delivered.CONTENT


def test_each_bad_row_has_the_errors_it_has_when_read_in_one_pass(cast: World) -> None:
    file = deliver(cast, rows_of(cast))
    jobs.drain(cast.qinghe)
    good, bad, told = stored(cast, file)

    found = [(line, column, code) for line, _key, column, code, *_rest in bad]
    assert found == [
        (6, "C03C", "missing_principal"),
        (23, "A48", "duplicate_record"),
        (33, "C03C", "missing_principal"),
        (33, "D01", "bad_amount"),
        (33, "A48", "duplicate_record"),
        (44, "A01", "institution_unknown"),
        (45, "A48", "duplicate_record"),
        (53, "A48", "duplicate_record"),
        (58, "A11", "value_too_long"),
        (61, "A18x01", "missing_value"),
    ]
    assert bad[1][6] == {"visit": 1, "first": 5} and bad[7][6] == {"visit": 1, "first": 5}
    assert bad[4][6] == {"visit": 1, "first": 6} and bad[6][6] == {"visit": 1, "first": 44}
    assert bad[1][7]["C04N"] == "肺炎3" and "A11" not in bad[1][7]
    assert told[:3] == (ROWS, 8, "checked") and told[3]["new"] == len(good) == ROWS - 8


def test_names_with_quotes_line_ends_and_backslashes_arrive_as_they_were(cast: World) -> None:
    file = deliver(cast, rows_of(cast))
    jobs.drain(cast.qinghe)
    with inside(cast):
        row = StagedCase.objects.get(file=file, record_no="D007")
        assert row.person_name == '欧"阳\\n'
        assert row.recorded["diagnoses"] == [["J18.900", "a\\b", 1]] and row.raw["A02"] == "一\n二"


@pytest.mark.parametrize("size", [7, 13, 60, 1000])
def test_ranges_of_any_size_store_the_same(cast: World, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    whole = deliver(cast, rows_of(cast))
    jobs.drain(cast.qinghe)
    expected = stored(cast, whole)
    with inside(cast):
        sql.execute(delivered.CLEAR_STAGING, file=whole.pk)
        CaseFile.objects.filter(pk=whole.pk).update(state="discarded")
    monkeypatch.setattr(intake, "CHUNK", size)
    again = deliver(cast, rows_of(cast))
    jobs.drain(cast.qinghe)

    assert stored(cast, again) == expected
    with inside(cast):
        assert FileRange.objects.filter(file=again).count() == -(-ROWS // size)


def run_in_thread(world: World, job: int) -> threading.Thread:
    """A second worker with a connection of its own."""

    def work() -> None:
        connections["default"].ensure_connection()
        jobs.run(world.qinghe.pk, job)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_two_workers_share_a_file_and_store_what_one_stores(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of(cast)
    first = deliver(cast, rows)
    jobs.drain(cast.qinghe)
    expected = stored(cast, first)
    with inside(cast):
        sql.execute(delivered.CLEAR_STAGING, file=first.pk)
        CaseFile.objects.filter(pk=first.pk).update(state="discarded")
    monkeypatch.setattr(intake, "CHUNK", 4)
    taken: dict[str, set[int]] = {}
    take = ranges.take
    met = threading.Barrier(2)

    def noted(file: CaseFile, plain: Any, spec: Any, start: Any, found: FileRange) -> None:
        mine = taken.setdefault(threading.current_thread().name, set())
        if found.number in (1, 2):
            met.wait(30)  # each of the two has a range of its own at the same time
        mine.add(found.number)
        take(file, plain, spec, start, found)

    monkeypatch.setattr(ranges, "take", noted)
    second = deliver(cast, rows)
    # The first range lays the others and calls for help; the helper is a worker of its own.
    called = threading.Event()
    enqueue = jobs.enqueue

    def ring(**how: Any) -> Job:
        job = enqueue(**how)
        if how["kind"] == intake.HELP:
            transaction.on_commit(lambda: threads.append(run_in_thread(cast, job.pk)))
            called.set()
        return job

    threads: list[threading.Thread] = []
    monkeypatch.setattr(jobs, "enqueue", ring)
    assert second.job_id is not None
    jobs.run(cast.qinghe.pk, second.job_id)
    for thread in threads:
        thread.join(60)

    assert called.is_set() and len(taken) == 2 and all(taken.values())
    assert sorted(set.union(*taken.values())) == list(range(15))
    assert sum(map(len, taken.values())) == 15
    assert stored(cast, second) == expected


def test_the_first_job_takes_over_the_range_of_a_helper_that_died(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CHUNK", 20)
    monkeypatch.setattr("django.conf.settings.CHECK_HELPERS", 0)
    file = deliver(cast, rows_of(cast))
    ready, held, die = threading.Event(), threading.Event(), threading.Event()
    take = ranges.take

    def noted(file: CaseFile, plain: Any, spec: Any, start: Any, found: FileRange) -> None:
        if found.number == 1:
            ready.set()
            assert held.wait(30)
        take(file, plain, spec, start, found)

    def dies() -> None:
        assert ready.wait(30)
        with act_in(cast.qinghe), transaction.atomic():
            FileRange.objects.select_for_update().get(file=file, number=2)
            held.set()
            die.wait(30)
            transaction.set_rollback(True)
        connections.close_all()

    monkeypatch.setattr(ranges, "take", noted)
    helper = threading.Thread(target=dies)
    helper.start()
    assert file.job_id is not None
    first = run_in_thread(cast, file.job_id)
    assert held.wait(30)
    first.join(1)
    waiting = first.is_alive()
    die.set()
    helper.join(30)
    first.join(30)

    with inside(cast):
        assert waiting and Job.objects.get(pk=file.job_id).state == "done"
        found = CaseFile.objects.get(pk=file.pk)
        assert (found.state, found.rows_read, found.rows_bad) == ("checked", ROWS, 8)


def test_tokens_by_column_are_those_of_each_patient(cast: World) -> None:
    who = [
        people.Identity("张 三", Person.Sex.MALE, TODAY, "320599195603080019"),
        people.Identity("Ａ·b", Person.Sex.FEMALE, TODAY),
    ]
    keys = people.keys_for(who, alliance=cast.qinghe)
    columns = ([one.name for one in who], [1, "2"], [str(TODAY)] * 2, [one.id_number for one in who])

    assert people.tokens_for(*columns, alliance=cast.qinghe) == (
        [one.key for one in keys],
        [one.name_key for one in keys],
    )


def test_a_file_is_opened_anywhere_and_refused_when_it_was_cut(cast: World, tmp_path: Path) -> None:
    data = bytes(range(256)) * (3 * files.PIECE // 256) + b"end"
    with inside(cast):
        row = files.store(
            by=cast.lin, name="x", content=[data], purpose="case_file", content_type="text/csv", limit=10**9
        )
        with files.opened(row) as plain:
            for at in (len(data) - 3, 0, files.PIECE - 2, 2 * files.PIECE + 5):
                plain.seek(at)
                assert plain.read(10) == data[at : at + 10]
            plain.seek(0)
            assert plain.read() == data
        path = next(path for path in tmp_path.rglob(row.stored_name))
        path.write_bytes(path.read_bytes()[: -files.PIECE])
        with pytest.raises(ValueError, match="cut"), files.opened(row):
            pass
