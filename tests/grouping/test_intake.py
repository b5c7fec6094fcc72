"""From a delivered file to grouped cases: checks, corrections, the same file twice, missing cases, a killed
worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import override_settings

from alliance.lib.period import Month
from alliance.services import jobs
from alliance.tenancy.scope import act_in
from grouping import facts
from grouping.models import BadRow, Case, CaseFile, CaseRevision, GroupedCase, MissingCase, StagedCase
from grouping.services import declarations, intake, publishing, schemes
from tests.grouping.files import as_csv, front_page
from tests.world import World, make_world

TODAY = date(2026, 11, 3)
NOW = datetime(2026, 11, 3, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def cast(own_database: str, tmp_path: Path) -> Iterator[World]:
    """The cast in a database with real commits, so that jobs run as in a worker."""
    with override_settings(MEDIA_ROOT=tmp_path):
        world = make_world()
        with inside(world):
            schemes.adopt_shipped(by=world.su, code="xietong_demo", from_date=date(2020, 1, 1))
        yield world


@contextmanager
def inside(world: World) -> Iterator[None]:
    with act_in(world.qinghe), transaction.atomic():
        yield


def deliver(world: World, rows: list[dict[str, str]], **how: str) -> CaseFile:
    """Receive a file and run its check."""
    with inside(world):
        file, _made = intake.receive_file(
            by=world.lin, name="202610.csv", content=[as_csv(rows)], today=TODAY, **how
        )
    jobs.drain(world.qinghe)
    with inside(world):
        return CaseFile.objects.get(pk=file.pk)


def store(world: World, file: CaseFile, take_good: bool = False) -> CaseFile:
    with inside(world):
        file = publishing.publish(by=world.lin, file=file, take_good=take_good)
    assert all(job.state == "done" for job in jobs.drain(world.qinghe))
    return file


def pages(world: World, count: int, **changes: str) -> list[dict[str, str]]:
    return [
        front_page(world.lead.organisation, f"R{number:05}", A11=f"人{number}", **changes)
        for number in range(count)
    ]


def test_a_good_file_becomes_grouped_cases(cast: World) -> None:
    file = deliver(cast, pages(cast, 5))
    assert (file.state, file.rows_read, file.rows_bad) == ("checked", 5, 0)
    assert file.preview == {"new": 5, "changed": 0, "unchanged": 0, "missing": 0}
    store(cast, file)
    with inside(cast):
        assert Case.objects.count() == GroupedCase.objects.count() == 5 and StagedCase.objects.count() == 0
        case = Case.objects.select_related("person").first()
        assert (case.total_fen, case.stay_days, case.month) == (123_456, 4, date(2026, 10, 1))
        assert "A11" not in case.raw and case.person.name.startswith("人")


def test_n20_one_bad_row_stores_nothing_and_the_good_ones_are_one_choice_away(cast: World) -> None:
    rows = pages(cast, 5)
    rows[3]["C03C"] = "J18.9"
    file = deliver(cast, rows)
    with inside(cast):
        bad = BadRow.objects.get()
        assert (bad.line, bad.column, bad.code) == (5, "C03C", "unknown_diagnosis")
    with pytest.raises(publishing.PublishRefused, match="1 of 5"):
        store(cast, file)
    with inside(cast):
        assert Case.objects.count() == 0
    store(cast, file, take_good=True)
    with inside(cast):
        assert Case.objects.count() == 4


def test_n19_duplicate_rows_are_reported_and_the_same_file_again_is_the_same_batch(
    cast: World, tmp_path: Path
) -> None:
    rows = pages(cast, 3)
    file = deliver(cast, [*rows, rows[0]])
    with inside(cast):
        assert [(bad.line, bad.code) for bad in BadRow.objects.all()] == [(5, "duplicate_record")]
    assert deliver(cast, [*rows, rows[0]]).pk == file.pk
    with inside(cast):
        assert CaseFile.objects.count() == 1
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_n45_a_corrected_month_twice_has_one_current_revision_and_asks_about_missing_cases(
    cast: World,
) -> None:
    store(cast, deliver(cast, pages(cast, 4)))
    corrected = pages(cast, 3)
    corrected[1] |= {"D01": "2234.56", "D23": "2000.00"}
    file = deliver(cast, corrected)
    assert file.preview == {"new": 0, "changed": 1, "unchanged": 2, "missing": 1}
    store(cast, file)
    again = deliver(cast, [*corrected[::-1]])
    assert again.preview == {"new": 0, "changed": 0, "unchanged": 3, "missing": 1}
    store(cast, again)
    with inside(cast):
        case = Case.objects.get(record_no="R00001")
        assert (case.revision, case.total_fen) == (2, 223_456)
        old = CaseRevision.objects.get()
        assert old.content["total_fen"] == 123_456 and sorted(old.changed) == ["fees", "total_fen"]
        assert Case.objects.count() == 4 and GroupedCase.objects.filter(case=case).count() == 2
        asked = MissingCase.objects.filter(file=file).get()
        assert asked.case.record_no == "R00003" and asked.answer == "open"
        publishing.answer_missing(by=cast.luo, missing=asked, void=True, reason="重复登记", now=NOW)
        assert Case.objects.get(record_no="R00003").voided_at == NOW


def test_a_row_of_another_institution_is_a_bad_row(cast: World) -> None:
    rows = [*pages(cast, 1), front_page(cast.tcm.organisation, "T1"), front_page("9" * 22, "X1")]
    deliver(cast, rows)
    with inside(cast):
        assert [(bad.line, bad.column, bad.code) for bad in BadRow.objects.all()] == [
            (3, "A01", "institution_other"),
            (4, "A01", "institution_unknown"),
        ]


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(cast: World) -> None:
    with inside(cast):
        file, _made = intake.receive_file(by=cast.lin, name="x.csv", content=[b"A01,A48\n1,2\n"], today=TODAY)
    jobs.drain(cast.qinghe)
    with inside(cast):
        file.refresh_from_db()
        assert file.state == "refused" and file.refusal["reason"] == "missing_columns"


def test_checking_in_many_chunks_finds_what_one_pass_finds(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CHUNK", 7)
    rows = pages(cast, 40)
    rows[30] = rows[2]
    file = deliver(cast, rows)
    assert (file.rows_read, file.rows_bad) == (40, 1)
    with inside(cast):
        assert [(bad.line, bad.code) for bad in BadRow.objects.all()] == [(32, "duplicate_record")]
        assert file.job is not None and file.job.chunks_done == 6


def test_facts_count_what_was_stored_and_lead_to_the_cases(cast: World) -> None:
    rows = pages(cast, 4)
    rows[0] |= {"D01": "2234.56", "D23": "2000.00"}
    rows[1] |= {"C03C": "R69.x00"}
    store(cast, deliver(cast, rows), take_good=True)
    with inside(cast):
        fact = facts.case_facts(Month(2026, 10))[0]
        found = list(facts.cases(Month(2026, 10), cast.lead.pk))
        assert fact.discharges == len(found) and fact.pending == 0
        assert fact.cost_fen == sum(case.total_fen for case in found)
        weighted = list(facts.weighted_cases(Month(2026, 10), cast.lead.pk))
        assert fact.weighted_cases == len(weighted) > 0
        assert fact.total_weight == sum(case.weight for case in weighted)
        declarations.declare(
            by=cast.lin, institution=cast.lead, month=Month(2026, 10), discharges=8, total_fen=1
        )
        assert [row.share for row in facts.completeness(Month(2026, 10))] == [Decimal(len(found)) / 8]
