"""The chain of the journals: sealed in order of id after the commits, and what was tampered with is named."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from alliance.models import Alliance, Journal, JournalHead, PlatformJournal
from alliance.services import jobs, journal, journal_check, sealer
from alliance.tenancy.scope import act_in
from tests.plugin import owner


@pytest.fixture
def two(own_database: str) -> list[Alliance]:
    """Two alliances with five and three journal entries, and two of the platform."""
    made = [Alliance.objects.create(code=code, name=code, kind="county") for code in ("eins", "zwei")]
    for alliance, entries in zip(made, (5, 3), strict=True):
        write(alliance, entries)
    for _entry in range(2):
        journal.platform(user=None, verb="sign_in.failed", result="denied")
    return made


def write(alliance: Alliance, entries: int) -> None:
    with act_in(alliance), transaction.atomic():
        for number in range(entries):
            journal.write(by=None, verb="tried.something", number=number, name="中")


def check(alliance: Alliance) -> sealer.Finding:
    with act_in(alliance):
        return sealer.verify(sealer.chain_of(alliance))


def ids(alliance: Alliance) -> list[int]:
    with act_in(alliance), transaction.atomic():
        return list(Journal.objects.order_by("pk").values_list("pk", flat=True))


@contextmanager
def tampered(database: str, sql: str, *values: object) -> Iterator[None]:
    """Run SQL as the owner of the database, row security and triggers out of the way; put all back after."""
    with owner(database) as link:
        link.execute("alter table alliance_journal no force row level security")
        link.execute("alter table alliance_journal disable trigger user")
        link.execute("create temporary table kept as select * from alliance_journal")
        assert link.execute(sql, values).rowcount == 1
        yield
        link.execute("delete from alliance_journal")
        link.execute("insert into alliance_journal overriding system value select * from kept")
        link.execute("alter table alliance_journal enable trigger user")
        link.execute("alter table alliance_journal force row level security")


def test_committed_entries_are_chained_per_alliance_and_for_the_platform(two: list[Alliance]) -> None:
    assert sealer.seal_all() == 10
    assert sealer.seal_all() == 0
    assert [(finding.checked, finding.broken) for finding in map(check, two)] == [(5, None), (3, None)]
    assert sealer.verify(sealer.platform_chain()) == sealer.Finding(
        sealer.verify(sealer.platform_chain()).link, 2, done=True
    )
    with act_in(two[0]), transaction.atomic():
        seals = list(Journal.objects.values_list("seal", flat=True))
        assert len(set(map(bytes, seals))) == 5 and bytes(JournalHead.objects.get().seal) == bytes(seals[0])


def test_chunks_of_sealing_and_checking_join_without_a_seam(two: list[Alliance], monkeypatch) -> None:
    monkeypatch.setattr(sealer, "CHUNK", 2)
    assert sealer.seal_all() == 10
    write(two[0], 4)
    assert sealer.seal_all() == 4
    assert (check(two[0]).checked, check(two[0]).broken) == (9, None)


def test_a_row_still_on_its_way_holds_the_sealer_back_and_keeps_its_place(two: list[Alliance]) -> None:
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with act_in(two[0]), transaction.atomic():
            journal.write(by=None, verb="slow")
            written.set()
            go_on.wait(20)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(20)
    write(two[0], 1)  # has a larger id and commits first
    assert sealer.seal_all(patience=0.2) == 0
    go_on.set()
    thread.join(20)
    assert sealer.seal_all() == 12
    assert (check(two[0]).checked, check(two[0]).broken) == (7, None)


CHANGES = {
    "verb": "never.happened",
    "detail": '{"number": 7}',
    "result": "denied",
    "at": "2026-01-01",
    "about_id": 4,
}


def test_what_the_owner_of_the_database_tampered_with_is_named(
    two: list[Alliance], own_database: str
) -> None:
    sealer.seal_all()
    first, second, third, fourth, last = ids(two[0])
    for column, value in CHANGES.items():
        with tampered(own_database, f"update alliance_journal set {column} = %s where id = %s", value, third):
            assert (check(two[0]).broken, check(two[0]).checked) == (sealer.Broken(third, "changed"), 2)
            assert check(two[1]).broken is None
    with tampered(own_database, "delete from alliance_journal where id = %s", first):
        assert check(two[0]).broken == sealer.Broken(second, "changed")
    with tampered(own_database, "delete from alliance_journal where id = %s", last):
        assert check(two[0]).broken == sealer.Broken(fourth, "end")
    with tampered(own_database, "update alliance_journal set seal = null where id = %s", second):
        assert check(two[0]).broken == sealer.Broken(second, "unsealed")
    assert check(two[0]).broken is None


def test_seals_cannot_be_made_without_the_key_outside_the_database(two: list[Alliance], settings) -> None:
    sealer.seal_all()
    settings.BLIND_KEY = "00" * 32
    assert check(two[0]).broken == sealer.Broken(ids(two[0])[0], "changed")


def test_the_check_runs_as_a_job_and_as_a_command(
    two: list[Alliance], own_database: str, monkeypatch
) -> None:
    monkeypatch.setattr(sealer, "CHUNK", 2)
    sealer.seal_all()
    assert run(two[0]) == {"checked": 5, "row": None, "reason": ""}
    assert verify_all() == [
        "platform: 2 rows checked, whole",
        "eins: 5 rows checked, whole",
        "zwei: 3 rows checked, whole",
    ]
    third = ids(two[0])[2]
    with tampered(own_database, "update alliance_journal set verb = 'x' where id = %s", third):
        with pytest.raises(CommandError):
            call_command("verify_journals", stdout=io.StringIO())
        assert run(two[0]) == {"checked": 2, "row": third, "reason": "changed"}
        with act_in(two[0]), transaction.atomic():
            assert Journal.objects.filter(verb="journal.verified", result="broken").count() == 1


def verify_all() -> list[str]:
    out = io.StringIO()
    call_command("verify_journals", stdout=out)
    return out.getvalue().splitlines()


def run(alliance: Alliance) -> dict[str, object]:
    with act_in(alliance), transaction.atomic():
        journal_check.start(by=None)
    return jobs.drain(alliance)[-1].result


def test_a_read_in_one_alliance_does_not_wait_for_another_that_has_not_committed(two: list[Alliance]) -> None:
    """Writing takes no lock that readers of the same alliance share: the chain is made afterwards."""
    written, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with act_in(two[0]), transaction.atomic():
            journal.write(by=None, verb="patient.read")
            written.set()
            go_on.wait(20)
        connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    written.wait(20)
    with act_in(two[0]), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '300ms'")
        journal.write(by=None, verb="patient.read")
    go_on.set()
    thread.join(20)
    assert len(ids(two[0])) == 7


def test_entries_of_the_platform_are_append_only_too(db: None) -> None:
    journal.platform(user=None, verb="sign_in.failed", result="denied")
    with pytest.raises(DatabaseError), transaction.atomic():
        PlatformJournal.objects.update(verb="never.happened")
